"""Checks JSON documents against JSON Schemas for SchemaAgreementTests.

Usage: schema-check.py SCHEMAS DOCUMENTS

SCHEMAS is a folder of *.json; each is checked against the 2020-12 metaschema, and so are its references
and patterns. DOCUMENTS has one document a line: the schema's name, a tab, the document in JSON. Written
is one line for each schema and then one for each document: "ok", or what is wrong.
"""

import json
import pathlib
import re
import sys

try:
    import jsonschema
except ImportError:
    sys.exit(42)


def pattern(validator, value, instance, schema):
    """The keyword as ECMA 262 has it: to Python, `$` also stands before a line break at the end."""
    if validator.is_type(instance, "string"):
        if not re.search(re.sub(r"\$$", r"\\Z", value), instance, re.ASCII):
            yield jsonschema.ValidationError(f"{instance!r} does not match {value!r}")


Validator = jsonschema.validators.extend(jsonschema.Draft202012Validator, {"pattern": pattern})
formats = jsonschema.FormatChecker(formats=("ipv4", "ipv6"))


def one_line(error):
    return " ".join(f"{error.json_path}: {error.message}".split())[:300]


def walk(node):
    if isinstance(node, dict):
        yield node
        node = list(node.values())
    if isinstance(node, list):
        for child in node:
            yield from walk(child)


def check_schema(path, schema):
    jsonschema.Draft202012Validator.check_schema(schema)
    if schema["$id"] != f"https://virtspec.dev/schemas/v1/{path.name}":
        raise ValueError(f"$id is {schema['$id']}")
    used = set()
    for node in walk(schema):
        reference = node.get("$ref")
        if isinstance(reference, str):
            used.add(reference.removeprefix("#/$defs/"))
        if isinstance(node.get("pattern"), str):
            re.compile(node["pattern"])
    if used != set(schema["$defs"]):
        raise ValueError(f"references and definitions differ: {used ^ set(schema['$defs'])}")


# Messages quote the documents, whatever the locale can write.
sys.stdout.reconfigure(errors="backslashreplace")
validators = {}
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.json")):
    schema = json.loads(path.read_bytes())
    try:
        check_schema(path, schema)
        print("ok")
    except (jsonschema.SchemaError, ValueError, re.error) as error:
        print(f"{path.name}: {' '.join(str(error).split())[:300]}")
    validators[path.stem] = Validator(schema, format_checker=formats)

for line in pathlib.Path(sys.argv[2]).read_bytes().split(b"\n"):
    if line:
        name, document = line.split(b"\t", 1)
        error = next(validators[name.decode()].iter_errors(json.loads(document)), None)
        print(one_line(error) if error else "ok")
