"""croissant.json: the release in the words of dataset catalogues and loaders (MLCommons Croissant).

After the Croissant 1.0 and RAI 1.0 specifications, as mlcroissant 1.1.1 reads them: a `FileSet` and
a `RecordSet` for each split of each table, with the files named one by one, and every file as a
`FileObject` with its hash. There is no date of publication: the same request gives the same bytes.
What loaders would read as nothing is left out and named in the description: lists inside other
values, and files that are packed with zstd.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from labeling.datasets.card.front_matter import split_files
from labeling.datasets.context import ReleaseContext
from labeling.datasets.files import FileInfo
from labeling.datasets.formats.columns import PLAIN_MESSAGES, ColumnType, FileTable
from labeling.datasets.formats.nested import feature_of
from labeling.datasets.texts import clean

CROISSANT_FILE = "croissant.json"
#: What a file is, by file type. Loaders know no other name for Parquet than the old one.
_ENCODINGS = {
    "parquet": "application/x-parquet",
    "jsonl": "application/jsonlines",
    "jsonl.gz": "application/jsonlines",
    "jsonl.zst": "application/zstd",
    "csv": "text/csv",
}
#: File types whose rows no Croissant loader can read: they are listed as files only.
_CLOSED = frozenset({"jsonl.zst"})
_TYPES = {
    "string": "sc:Text",
    "bool": "sc:Boolean",
    "json": "sc:Text",
    "image": "sc:ImageObject",
}
_TERMS = (
    "citeAs column conformsTo extract field fileProperty fileObject fileSet format includes "
    "isLiveDataset jsonPath key md5 parentField path recordSet references regex repeated replace "
    "equivalentProperty samplingRate separator source subField transform"
)


def make_croissant(
    *,
    context: ReleaseContext,
    manifest: Mapping[str, Any],
    tables: Sequence[FileTable],
    files: Sequence[FileInfo],
) -> str:
    """The text of croissant.json; `tables` are those written, `files` those of the release."""
    file_type = manifest["format"]["file_type"]
    distribution: list[dict[str, Any]] = []
    records: list[dict[str, Any]] = []
    for table in tables:
        for split, own in split_files(table, files).items():
            distribution += [_file(file, file_type) for file in own]
            if file_type not in _CLOSED:
                distribution.append(_file_set(table, split, own, file_type))
                records.append(_record_set(table, split, file_type))
    document = {
        "@context": _context(),
        "@type": "sc:Dataset",
        "conformsTo": [
            "http://mlcommons.org/croissant/1.0",
            "http://mlcommons.org/croissant/RAI/1.0",
        ],
        "name": context.project,
        "description": _description(context, manifest, tables),
        "keywords": ["preference", "human feedback", manifest["recipe"]["key"]],
        **({} if context.licence == "unknown" else {"license": context.licence}),
        **_responsible(context, manifest),
        "distribution": distribution,
        **({"recordSet": records} if records else {}),
    }
    return json.dumps(clean(document), indent=2, ensure_ascii=True) + "\n"


def _context() -> dict[str, Any]:
    """The prefixes and terms of Croissant 1.0."""
    prefixes = {
        "@language": "en",
        "@vocab": "https://schema.org/",
        "cr": "http://mlcommons.org/croissant/",
        "rai": "http://mlcommons.org/croissant/RAI/",
        "dct": "http://purl.org/dc/terms/",
        "sc": "https://schema.org/",
    }
    terms: dict[str, Any] = {term: f"cr:{term}" for term in _TERMS.split()}
    terms["conformsTo"] = "dct:conformsTo"
    for term in ("data", "examples"):
        terms[term] = {"@id": f"cr:{term}", "@type": "@json"}
    terms["dataType"] = {"@id": "cr:dataType", "@type": "@vocab"}
    return {**prefixes, **dict(sorted(terms.items()))}


def _description(
    context: ReleaseContext, manifest: Mapping[str, Any], tables: Sequence[FileTable]
) -> str:
    asked = "; ".join(criterion["wording"] for criterion in manifest["criteria"].values())
    text = (
        f"{context.name}: {manifest['counts']['rows_out']} {manifest['recipe']['rows_are']} made "
        f"from judgments of responses. Raters were asked: {asked}"
    )
    if manifest["format"]["file_type"] in _CLOSED:
        return f"{text} The files are packed with zstd, of which Croissant has no record sets."
    deep = [
        f"{name}.{part['name']}"
        for table in tables
        for name, kind in table.columns
        for part in _parts(_feature(kind, manifest["format"]["file_type"]))
        if not _is_plain(part)
    ]
    deep += [name for table in tables for name, kind in table.columns if _is_deep(kind.feature)]
    if deep:
        left = ", ".join(dict.fromkeys(deep))
        text += f" Not in the record sets, being lists inside other values: {left}."
    return text


def _responsible(context: ReleaseContext, manifest: Mapping[str, Any]) -> dict[str, Any]:
    """The RAI vocabulary, as far as the figures know."""
    figures = manifest["figures"]
    per_task = figures["judgments"] / figures["tasks"] if figures["tasks"] else 0
    protocol = "; ".join(f"{name}: {text}" for name, text in manifest["recipe"]["policy"].items())
    biases = [warning["text"] for warning in manifest["warnings"]]
    return {
        "rai:dataCollection": " ".join(
            (
                f"{figures['judgments']} judgments by {figures['raters']} raters on "
                f"{figures['tasks']} tasks.",
                *context.collection,
            )
        ),
        "rai:dataAnnotationProtocol": protocol,
        "rai:dataAnnotationPlatform": "Concord",
        "rai:annotationsPerItem": f"{per_task:.2f} on average",
        "rai:annotatorDemographics": "Not recorded.",
        "rai:personalSensitiveInformation": (
            "Raters are pseudonyms made for this release alone. Texts were not searched for "
            "personal data; rationales are raters' own words."
        ),
        "rai:dataBiases": biases or ["The figures of the card show none."],
        "rai:dataLimitations": [
            "Preferences say what these raters preferred under this guideline, not what is true.",
            *context.limits,
        ],
    }


def _file(file: FileInfo, file_type: str) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": file.name,
        "contentUrl": file.name,
        "contentSize": f"{file.size} B",
        "encodingFormat": _ENCODINGS[file_type],
        "sha256": file.sha256,
    }


def _file_set(
    table: FileTable, split: str, files: Sequence[FileInfo], file_type: str
) -> dict[str, Any]:
    return {
        "@type": "cr:FileSet",
        "@id": _files_id(table, split),
        "encodingFormat": _ENCODINGS[file_type],
        "includes": [file.name for file in files],
    }


def _record_set(table: FileTable, split: str, file_type: str) -> dict[str, Any]:
    name = f"{table.name}_{split}"
    files = _files_id(table, split)
    fields = []
    for column, kind in table.columns:
        source = {"fileSet": {"@id": files}, "extract": {"column": column}}
        if field := _field(f"{name}/{column}", _feature(kind, file_type), source):
            fields.append(field)
    return {"@type": "cr:RecordSet", "@id": name, "field": fields}


def _feature(kind: ColumnType, file_type: str) -> Mapping[str, Any]:
    """The parts of a column: a value that is JSON itself is text in Parquet, messages elsewhere."""
    feature = feature_of(kind, file_type)
    if file_type not in ("parquet", "csv"):
        if feature.get("dtype") == "json":
            return PLAIN_MESSAGES.feature
        if feature.get("list") == "json":
            return {"list": [{"name": "messages", "dtype": "json"}]}
    return feature


def _files_id(table: FileTable, split: str) -> str:
    return f"{table.name}_{split}_files"


def _field(
    name: str, feature: Mapping[str, Any], source: Mapping[str, Any]
) -> dict[str, Any] | None:
    """A column; None where it or all of its parts hold lists themselves."""
    field: dict[str, Any] = {"@type": "cr:Field", "@id": name}
    if _is_deep(feature):
        return None
    if "list" in feature:
        field["repeated"] = True
    if parts := _parts(feature):
        field["subField"] = [
            _leaf(f"{name}/{part['name']}", part["dtype"])
            | {"source": {**source, "transform": {"jsonPath": part["name"]}}}
            for part in parts
            if _is_plain(part)
        ]
        return field if field["subField"] else None
    dtype = feature["list"] if "list" in feature else feature["dtype"]
    return field | _leaf(name, dtype) | {"source": dict(source)}


def _leaf(name: str, dtype: str) -> dict[str, Any]:
    return {"@type": "cr:Field", "@id": name, "dataType": _data_type(dtype)}


def _parts(feature: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """The parts of a column of objects, or of lists of objects; none for any other."""
    inner = feature.get("struct") or feature.get("list", ())
    return () if isinstance(inner, str | Mapping) else inner


def _is_deep(feature: Mapping[str, Any]) -> bool:
    """Whether a column holds lists of lists."""
    return isinstance(feature.get("list"), Mapping)


def _is_plain(part: Mapping[str, Any]) -> bool:
    return bool(part.get("dtype", "json") != "json")


def _data_type(dtype: str) -> str:
    if known := _TYPES.get(dtype):
        return known
    return "sc:Float" if dtype.startswith("float") else "sc:Integer"
