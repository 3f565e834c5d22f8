"""What can be wrong with a file or a row, and what a reader notes, whatever the table is for.

Templates are English and marked for the catalogues; `calibration.messages` translates them.
"""

from __future__ import annotations

from typing import Final

from calibration.errors import N_

NO_COLUMN: Final = "-"
"""In place of a column where a rule is about the whole row."""

# Cells.
BLANK_TEXT: Final = N_("must not be blank")
TEXT_TOO_LONG: Final = N_("must have at most {limit} characters, has {size}")
NOT_TEXT: Final = N_("must be text")
HALF_CHARACTER: Final = N_("contains half a character (a lone surrogate)")
ERROR_CELL: Final = N_("holds an error of the spreadsheet instead of a text")
MISSING_WORD: Final = N_("is a word for a missing value, not a text")

# Rows of text files.
FIELD_COUNT: Final = N_("has {count} fields instead of {expected}")
QUOTE_BROKEN: Final = N_("has a quotation mark that is never closed, or text right after a closing one")
FIELD_TOO_LONG: Final = N_("has a field of more than {limit} characters")
NOT_DECODABLE: Final = N_("holds bytes that are not {encoding}")
JSON_INVALID: Final = N_("is not valid JSON")
JSON_NOT_OBJECT: Final = N_("is not a JSON object")
HEADER_TWICE: Final = N_("appears twice in the header; the first is used")

# Whole files.
NOT_FOUND: Final = N_("there is no such file")
NOT_A_FILE: Final = N_("it is a folder")
NOT_PERMITTED: Final = N_("no permission to read it")
NOT_TEXT_FILE: Final = N_("it is a binary file, not a table of pairs")
ARCHIVE: Final = N_("it is a compressed archive; unpack it first")
PASSWORD: Final = N_("the workbook is protected by a password; save it without one")
OLD_EXCEL: Final = N_("it is an old or binary Excel workbook; save it as .xlsx")
OPEN_DOCUMENT: Final = N_("it is an OpenDocument file; save it as .xlsx")
OTHER_OFFICE: Final = N_("it is a document of another office program, not a workbook; save the table as .xlsx")
WORKBOOK_DAMAGED: Final = N_("the Excel workbook is damaged")
NO_SHEET: Final = N_("it has no worksheet {sheet}; it has: {found}")
PARQUET_DAMAGED: Final = N_("the Parquet file is damaged")
NO_PARTS: Final = N_("the folder holds no Parquet files")
COLUMN_TWICE: Final = N_("two of its columns are called {column}")
OTHER_COLUMNS: Final = N_("its columns differ from those of {file}")
NO_ENCODING: Final = N_("its text is neither UTF-8, UTF-16 nor GB18030; save it as UTF-8")
NOT_GIVEN_ENCODING: Final = N_("its text is not {encoding}")
JSON_SHAPE: Final = N_("line {line} is not valid JSON; give one object a line, or one array of objects")

# Notes.
NOTE_LATER_SHEETS: Final = N_("only the first sheet, {used}, was read; left out: {others}")
NOTE_SHEET_TAKEN: Final = N_("the sheet {used} was read; left out: {others}")
NOTE_HIDDEN_SHEETS: Final = N_("hidden sheets were left out: {sheets}")
NOTE_UNNAMED_CELLS: Final = N_("cells right of the header were left out in {count} rows")
NOTE_MERGED_CELLS: Final = N_("merged cells count for every row that they cover: {ranges}")
NOTE_HEADERLESS: Final = N_("the file has no header; its columns were read as {columns}")
NOTE_HEADER_TAKEN: Final = N_("the first row was taken as the header: {columns}; if it is data, use --no-header")
NOTE_ROWS_BEFORE: Final = N_("rows before the header were left out: {rows}")
NOTE_OTHER_FORMAT: Final = N_("by its content the file is {actual}, not {named}")
NOTE_ENCODING: Final = N_("its text was read as {encoding}")
NOTE_ENCODING_GUESSED: Final = N_(
    "its text was read as {encoding}, which is a guess; if characters look wrong, give the encoding with --encoding"
)
NOTE_SEPARATOR: Final = N_("its columns are separated by “{delimiter}”, as its first line says")
NOTE_LATE_FIELDS: Final = N_("fields that only appear in later records were left out: {columns}")
