"""The sizes at which a reader says no. Each is named in the message of its refusal."""

from __future__ import annotations

#: Characters of one message, response or rationale.
MAX_TEXT = 1_000_000
#: Characters of an id, and of a model's or a rater's name.
MAX_ID = 180
MAX_MODEL = 200
MAX_RATER = 150
MAX_CATEGORY = 80
MAX_LANGUAGE = 35
#: Messages of one prompt.
MAX_MESSAGES = 1_000
#: Characters of all messages of one field together: what they say, think and call with.
MAX_CHAT = 8_000_000
#: Parts, and calls, of one message; both together in all messages of a field.
MAX_PARTS = 1_000
MAX_PIECES = 10_000
#: Characters of the name of a function or a speaker.
MAX_NAME = 200
#: Judgments that one row may carry.
MAX_JUDGMENTS = 100
#: Responses a row may hold, how many a comparison takes, and a ranking at least.
MAX_RESPONSES = 9
COMPARED_RESPONSES = 2
RANKED_RESPONSES = 3
#: Characters of a row's metadata as JSON, and how deep it may be nested.
MAX_METADATA = 65_536
MAX_DEPTH = 32
#: Whole numbers of a file: those of 64 bits, with a sign or without; of others only their digits
#: can be kept.
MIN_WHOLE, MAX_WHOLE = -(2**63), 2**64 - 1
#: Columns of a table or keys of a row.
MAX_COLUMNS = 500

#: Bytes of one row, in whatever file it stands: of a line, a record, an element of a list.
MAX_ROW_BYTES = 16 * 1024 * 1024
#: Values in one row of JSON, and quotes and delimiters of a record of a table.
MAX_ROW_VALUES = 500_000
MAX_MARKS = 1_000_000
#: Bytes of rows that are held at the same time: one row more may be begun.
MAX_HELD_BYTES = 16 * 1024 * 1024
#: Bytes of the first rows, by which a file is told and previewed.
MAX_SAMPLE_BYTES = 4 * 1024 * 1024
#: Rows of one file, and lines without any one after the other.
MAX_ROWS = 10_000_000
MAX_EMPTY_LINES = 100_000
#: Bytes of one page of each column of a Parquet file together, unpacked; values of a page of
#: lists, all of which one row may have; and bytes of what the file says about itself.
MAX_PAGE_BYTES = 128 * 1024 * 1024
MAX_PAGE_VALUES = 4_000_000
MAX_FOOTER_BYTES = 16 * 1024 * 1024

#: Bytes after unpacking, and how much larger than the packed file they may be.
MAX_UNPACKED_BYTES = 16 * 1024**3
MAX_UNPACK_RATIO = 200
#: Below this many bytes the ratio is not looked at: short files may pack very well.
RATIO_FROM_BYTES = 16 * 1024 * 1024

#: Rows that detection looks at.
SAMPLE_ROWS = 50
#: Characters of what stood there that a refusal repeats.
EXCERPT = 120
#: Characters of a field's name and of a reason in a refusal.
MAX_FIELD_NAME = 119
MAX_REASON = 500
#: Refusals of one file that are kept with their reasons; all are counted.
MAX_REFUSALS_KEPT = 100_000
