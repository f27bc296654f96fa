"""DeepL's dialect, under ``/v2`` and ``/v3``: what its libraries, CAT tools and plug-ins already speak.

Languages are upper-case codes (EN, and EN-GB or EN-US as a target), the key stands behind ``DeepL-Auth-Key``, an
error is ``{"message": "…"}`` with 403 for a key and 456 for a used-up quota. What no model here can do is refused and
not passed over. See https://developers.deepl.com/docs.
"""
