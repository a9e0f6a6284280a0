"""pyarrow is needed for columns alone."""

import subprocess
import sys

import deskpro_contact
import pytest


def test_the_package_does_not_load_pyarrow():
    program = "import sys, deskpro_contact; deskpro_contact.convert('a=1'); print('pyarrow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout == "False\n"


def test_columns_need_pyarrow(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert deskpro_contact.convert("a=1").output == '{"a":"1","contact_data":{}}'
    for call in [lambda: deskpro_contact.convert_arrow([]), lambda: deskpro_contact.restore_arrow([], [])]:
        with pytest.raises(ImportError, match=r"pip install 'deskpro-contact\[arrow\]'"):
            call()
