"""Other people's tools: read what they read, write what they write, so that nobody has to choose.

Reads files through `sources`. No stage of the line imports it; commands do.
"""
