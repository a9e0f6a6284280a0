"""A column of a million payloads is converted, and restored. Open it as a notebook, or run it:

    pip install 'crates/deskpro-contact-python[arrow]'
    python million.py [COUNT]
"""

# %% A column of payloads. Yours is from a file: pyarrow.parquet.read_table("people.parquet")["payload"]
import sys
import time

import pyarrow as pa
import pyarrow.compute as pc
from deskpro_contact import Converter

COUNT = int(sys.argv[1]) if sys.argv[1:] and sys.argv[1].isdecimal() else 1_000_000
KINDS = [
    "website&contact_data%5B1%5D%5Bcomment%5D=comment+{0}&contact_data%5B1%5D%5Bdata%5D%5Burl%5D=http%3A%2F%2F{0}.example.com",
    "skype&contact_data%5B1%5D%5Bdata%5D%5Busername%5D=person{0}",
    "phone&contact_data%5B1%5D%5Bdata%5D%5Bcountry_calling_code%5D=44&contact_data%5B1%5D%5Bdata%5D%5Bnumber%5D={0}",
]
payloads = pa.chunked_array([
    [f"email=p{n}%40example.com&contact_data%5B1%5D%5Btype%5D=" + KINDS[n % 3].format(n) for n in range(begin, end)]
    for begin, end in zip(range(0, COUNT, 65_536), [*range(65_536, COUNT, 65_536), COUNT])
], pa.string())
print(f"{len(payloads):,} payloads, {payloads.nbytes / 1e6:.0f} MB")

# %% Convert it.
converter = Converter(id_field="email")
begin = time.perf_counter()
rows = converter.convert_arrow(payloads)
print(f"converted in {time.perf_counter() - begin:.1f} s")
table = pa.Table.from_struct_array(rows)
with_losses = pc.sum(pc.not_equal(table["losses"], "")).as_py()
print(f"{table['error'].null_count:,} without an error, {with_losses:,} with losses")
print(table["output"][0])

# %% Restore it. The payloads are those from before.
begin = time.perf_counter()
restored = pa.Table.from_struct_array(converter.restore_arrow(table["output"], table["losses"]))
print(f"restored in {time.perf_counter() - begin:.1f} s")
same = pc.sum(pc.equal(restored["output"].cast(pa.string()), payloads)).as_py()
print(f"{same:,} of {len(payloads):,} payloads are restored")
