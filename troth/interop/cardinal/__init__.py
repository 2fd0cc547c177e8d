"""Cardinal 0.0.8 of the Open Contracting Partnership: the same settings, the same answers.

What Cardinal gets wrong is kept, because a user who switches must find the same figures. What Troth
says of the same data, and why it differs, is shown in docs/cardinal.md. Its behaviour was
read from its documentation, its source and its fixtures; none of its code is here.

    from troth.interop.cardinal.indicators import indicators
    from troth.interop.cardinal.lines import read
    from troth.interop.cardinal.settings import read_settings

    found = indicators(read("releases.jsonl"), read_settings(Path("settings.ini")))
"""
