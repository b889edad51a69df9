"""lxml: parsing and XSLT release the GIL; resolvers and extension functions take it back."""

import io

from lxml import etree

from workout import in_threads

STYLE = b"""<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:f="urn:workout" exclude-result-prefixes="f">
  <xsl:template match="/"><sum><xsl:value-of select="f:double(sum(//n))"/></sum></xsl:template>
</xsl:stylesheet>"""


class Included(etree.Resolver):
    """Resolves an external entity, called from the parser while it parses."""

    def resolve(self, url, public_id, context):
        return self.resolve_string("<n>1000</n>", context)


def work(number):
    source = b"<r>" + b"".join(b"<n>%d</n>" % n for n in range(500)) + b"</r>"
    root = etree.parse(io.BytesIO(source)).getroot()
    assert root.xpath("sum(//n)") == 124750.0

    double = {("urn:workout", "double"): lambda context, value: value * 2}
    result = etree.XSLT(etree.XML(STYLE), extensions=double)(root)
    assert result.getroot().text == "249500"

    ends = [element.tag for _, element in etree.iterparse(io.BytesIO(source))]
    assert len(ends) == 501
    try:
        etree.fromstring(b"<r><unclosed></r>")
    except etree.XMLSyntaxError as error:
        assert "unclosed" in str(error)
    else:
        raise AssertionError("a document that is not well formed was parsed")
    return len(etree.tostring(root, pretty_print=True)) > len(source) and number


def resolve():
    """One thread at a time: libxml2's external entity loader is one for the process, and
    lxml swaps it around each parse, so two threads at once lose each other's resolver."""
    parser = etree.XMLParser(load_dtd=True, resolve_entities=True)
    parser.resolvers.add(Included())
    document = b'<!DOCTYPE r [<!ENTITY e SYSTEM "workout:e">]><r>&e;</r>'
    assert etree.fromstring(document, parser).findtext("n") == "1000"


resolve()
assert in_threads(work) == [0, 1, 2, 3]
print("lxml ok")
