"""Verifiable credentials by the standards, knowing nothing of Django or of Cairn's rows.

W3C VC Data Model 2.0, Open Badges 3.0, Data Integrity ``eddsa-rdfc-2022``, ``did:web`` and
Bitstring Status List 1.0. Nothing here fetches anything.
"""
