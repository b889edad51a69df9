"""Read a SARIF file with sarif-tools and print its results."""
import json
import sys

from sarif import loader

print(json.dumps(loader.load_sarif_file(sys.argv[1]).get_records()))
