"""yara-python: compiled rules, saved to a Python file object and loaded from it again.

4.3.1 drops its references to what read() and write() gave back after it has let go of the GIL
again (VirusTotal/yara-python#237). #238 put the two lines in the right order.
"""

import io

import yara

rules = yara.compile(source='rule found { strings: $a = "needle" condition: $a }')
file = io.BytesIO()
rules.save(file=file)
file.seek(0)
loaded = yara.load(file=file)
print([match.rule for match in loaded.match(data=b"hay needle hay")])
