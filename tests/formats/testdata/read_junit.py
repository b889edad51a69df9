"""Read a JUnit file with junitparser, hold it to the schema in the XSD, and print what it says."""
import json
import sys

import junitparser
import xmlschema

path, xsd = sys.argv[1:]
xmlschema.XMLSchema(xsd).validate(path)
suites = junitparser.JUnitXml.fromfile(path)
cases = [
    {
        "suite": suite.name,
        "name": case.name,
        "class": case.classname,
        "results": [{"kind": type(r).__name__, "message": r.message, "text": r.text} for r in case.result],
        "output": case.system_out,
    }
    for suite in suites
    for case in suite
]
print(json.dumps({"tests": suites.tests, "failures": suites.failures, "cases": cases}))
