"""Word documents (docx, ECMA-376 and ISO/IEC 29500): an archive of XML, in which only text is replaced."""
