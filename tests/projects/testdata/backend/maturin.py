from pkginfo import *
