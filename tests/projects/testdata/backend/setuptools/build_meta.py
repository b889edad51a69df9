import pkginfo as __legacy__  # what pip takes for a project that names no backend
from pkginfo import *
