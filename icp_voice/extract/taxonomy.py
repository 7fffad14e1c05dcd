"""Read the taxonomy: `pipelines/taxonomy/<kind>.yaml`, `words.yaml`, `context.yaml`, own folders.

One file a kind. Every mistake is named with file, topic and line, unknown keys are refused. A
user's folder adds topics to shipped kinds, or whole kinds; a topic given again gains the patterns
and examples of both.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

import yaml

from icp_voice.errors import TaxonomyError
from icp_voice.extract.language import LanguageWords
from icp_voice.resources import resource_path

LANGUAGES = ("en", "ru", "uk", "pl")
STATUSES = ("negated", "hypothetical", "past", "other_party", "asked")
CONTEXT_CATEGORIES = ("negated", "hypothetical", "past", "other_party", "pseudo", "terminator")
DIRECTIONS = ("forward", "backward", "both")
SCOPES = ("clause", "sentence")
_KIND_KEYS = ("kind", "description", "statuses", "named", "topics", "levels", "functions")
_TOPIC_KEYS = (
    "name", "description", "statement", "statuses", "ambiguous", "patterns", "titles", "positive",
    "negative",
)  # fmt: skip
_RESERVED = ("words.yaml", "context.yaml")

Texts = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Located:
    """A pattern or example with the place it was written."""

    text: str
    path: Path
    line: int


@dataclass(frozen=True)
class Topic:
    """One topic of a kind; patterns and examples by language.

    Attributes:
        statement: how a sales lead says it as a criterion about the customer.
        statuses: statuses that words around a match may give it.
        ambiguous: the name is also an everyday word ("access"), so it counts only where a
            pattern says so.
        titles: of stakeholders only; what stands in an attendee's job title.
    """

    kind: str
    topic: str
    name: str
    description: str
    statement: str
    statuses: tuple[str, ...]
    ambiguous: bool = False
    patterns: Mapping[str, tuple[Located, ...]] = field(default_factory=dict)
    titles: Mapping[str, tuple[Located, ...]] = field(default_factory=dict)
    positive: Mapping[str, tuple[Located, ...]] = field(default_factory=dict)
    negative: Mapping[str, tuple[Located, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Kind:
    """One file of the taxonomy.

    Attributes:
        named: patterns with a `<product>` or `<name>` whose words are the topic, by language.
        levels, functions: of stakeholders only; label -> language -> patterns.
    """

    kind: str
    description: str
    topics: tuple[Topic, ...]
    named: Mapping[str, tuple[Located, ...]] = field(default_factory=dict)
    levels: Mapping[str, Mapping[str, tuple[Located, ...]]] = field(default_factory=dict)
    functions: Mapping[str, Mapping[str, tuple[Located, ...]]] = field(default_factory=dict)
    statuses: tuple[str, ...] = STATUSES


@dataclass(frozen=True)
class ContextRule:
    """A trigger of `context.yaml`: words that change the status of what stands near them."""

    category: str
    pattern: Located
    direction: str
    scope: str


@dataclass(frozen=True)
class Taxonomy:
    """Everything that decides what is found; `key` changes with any byte of it."""

    kinds: tuple[Kind, ...]
    words: Mapping[str, LanguageWords]
    context: Mapping[str, tuple[ContextRule, ...]]
    answers: Mapping[str, Mapping[str, tuple[Located, ...]]]
    key: str

    def topics(self) -> Iterator[Topic]:
        """Yield all topics in the order of the files."""
        for kind in self.kinds:
            yield from kind.topics

    def kind(self, name: str) -> Kind | None:
        """Return a kind by its code."""
        return next((k for k in self.kinds if k.kind == name), None)


def load_taxonomy(extra_folders: Sequence[Path | str] = ()) -> Taxonomy:
    """Read the shipped taxonomy and the user's own folders.

    Raises:
        TaxonomyError: a file that does not follow the schema, with file, topic and line.
    """
    shipped = resource_path("pipelines", "taxonomy")
    paths = sorted(p for p in shipped.glob("*.yaml") if p.name not in _RESERVED)
    for folder in extra_folders:
        paths.extend(_own_files(Path(folder)))
    digest = hashlib.sha256()
    for path in (*paths, *(shipped / name for name in _RESERVED)):
        digest.update(path.read_bytes())
    return _read_all(shipped, tuple(paths), digest.hexdigest()[:16])


# A run needs it more than once, and a watcher at every batch; `key` changes with the files.
@lru_cache(maxsize=2)
def _read_all(shipped: Path, paths: tuple[Path, ...], key: str) -> Taxonomy:
    kinds: dict[str, Kind] = {}
    for path in paths:
        kind = read_kind(path)
        known = kinds.get(kind.kind)
        kinds[kind.kind] = kind if known is None else _join(known, kind)
    context, answers = read_context(shipped / "context.yaml")
    return Taxonomy(
        tuple(kinds[name] for name in sorted(kinds)),
        read_words(shipped / "words.yaml"),
        context,
        answers,
        key,
    )


def _own_files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise TaxonomyError(
            f"{folder} is not a folder; [extract] taxonomy lists folders of .yaml files.",
            path=folder,
        )
    return sorted((*folder.glob("*.yaml"), *folder.glob("*.yml")))


def read_kind(path: Path) -> Kind:
    """Read one kind's file.

    Raises:
        TaxonomyError: it does not follow the schema.
    """
    reader = _Reader(path)
    top = reader.mapping(reader.root, "the file", _KIND_KEYS)
    code = reader.text(top.get("kind"), "kind", reader.root)
    statuses = reader.choices(top.get("statuses"), STATUSES, STATUSES)
    topics = [
        _read_topic(reader, code, key, node, statuses)
        for key, node in reader.pairs(top.get("topics"), "topics")
    ]
    description = top.get("description")
    return Kind(
        code,
        reader.text(description, "description", reader.root) if description else "",
        tuple(topics),
        reader.by_language(top.get("named")),
        {k: reader.by_language(n) for k, n in reader.pairs(top.get("levels"), "levels")},
        {k: reader.by_language(n) for k, n in reader.pairs(top.get("functions"), "functions")},
        statuses,
    )


def _read_topic(
    reader: "_Reader", kind: str, code: str, node: yaml.Node, statuses: tuple[str, ...]
) -> Topic:
    reader.topic = code
    if not code.replace("_", "").isalnum() or code != code.lower():
        raise reader.error(node, "a topic's code is lower-case letters, digits and _")
    keys = reader.mapping(node, f"topic {code}", _TOPIC_KEYS)
    name = reader.text(keys["name"], "name", node) if "name" in keys else code.replace("_", " ")
    own = reader.choices(keys.get("statuses"), STATUSES, statuses)
    topic = Topic(
        kind,
        code,
        name,
        reader.text(keys["description"], "description", node) if "description" in keys else "",
        reader.text(keys["statement"], "statement", node) if "statement" in keys else name,
        own,
        reader.flag(keys.get("ambiguous")),
        reader.by_language(keys.get("patterns")),
        reader.by_language(keys.get("titles")),
        reader.by_language(keys.get("positive")),
        reader.by_language(keys.get("negative")),
    )
    reader.topic = ""
    if not topic.patterns and not topic.positive:
        raise reader.error(node, f"topic {code} has neither patterns nor positive examples")
    return topic


def _join(first: Kind, second: Kind) -> Kind:
    """Add a user's topics to a shipped kind."""
    topics = {topic.topic: topic for topic in first.topics}
    for topic in second.topics:
        known = topics.get(topic.topic)
        topics[topic.topic] = (
            topic
            if known is None
            else replace(
                known,
                patterns=_add(known.patterns, topic.patterns),
                titles=_add(known.titles, topic.titles),
                positive=_add(known.positive, topic.positive),
                negative=_add(known.negative, topic.negative),
            )
        )
    return replace(first, topics=tuple(topics.values()), named=_add(first.named, second.named))


def _add(
    first: Mapping[str, tuple[Located, ...]], second: Mapping[str, tuple[Located, ...]]
) -> Mapping[str, tuple[Located, ...]]:
    languages = [*first, *(code for code in second if code not in first)]
    return {code: (*first.get(code, ()), *second.get(code, ())) for code in languages}


def read_words(path: Path) -> Mapping[str, LanguageWords]:
    """Read the word lists: fillers, numbers, clause starters, spellings and macros, by language.

    Raises:
        TaxonomyError: it does not follow the schema.
    """
    reader = _Reader(path)
    result: dict[str, LanguageWords] = {}
    for language, node in reader.pairs(reader.root, "the file"):
        reader.topic = language
        keys = reader.mapping(
            node, language, ("fillers", "numbers", "starters", "spellings", "lists")
        )
        result[language] = LanguageWords(
            frozenset(reader.words(keys.get("fillers"))),
            frozenset(reader.words(keys.get("numbers"))),
            frozenset(reader.words(keys.get("starters"))),
            MappingProxyType(reader.strings(keys.get("spellings"))),
            MappingProxyType(reader.strings(keys.get("lists"))),
        )
    return result


def read_context(
    path: Path,
) -> tuple[Mapping[str, tuple[ContextRule, ...]], Mapping[str, Mapping[str, tuple[Located, ...]]]]:
    """Read the rules of context and the words of a yes or no, by language.

    Raises:
        TaxonomyError: it does not follow the schema.
    """
    reader = _Reader(path)
    rules: dict[str, tuple[ContextRule, ...]] = {}
    answers: dict[str, Mapping[str, tuple[Located, ...]]] = {}
    for language, node in reader.pairs(reader.root, "the file"):
        reader.topic = language
        keys = reader.mapping(node, language, (*CONTEXT_CATEGORIES, "answers"))
        found: list[ContextRule] = []
        for category in CONTEXT_CATEGORIES:
            for group in reader.items(keys.get(category)):
                entry = reader.mapping(group, category, ("direction", "scope", "patterns"))
                direction = reader.choice(entry.get("direction"), DIRECTIONS, "forward")
                scope = reader.choice(entry.get("scope"), SCOPES, "clause")
                found.extend(
                    ContextRule(category, located, direction, scope)
                    for located in reader.located(entry.get("patterns"))
                )
        rules[language] = tuple(found)
        lists = reader.pairs(keys.get("answers"), "answers")
        answers[language] = {name: reader.located(value) for name, value in lists}
    return rules, answers


class _Reader:
    """Walks a YAML document's nodes, which know their lines."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.topic = ""
        try:
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise TaxonomyError(
                f"{path} can't be read as UTF-8 text: {error}.", path=path
            ) from error
        try:
            root = yaml.compose(text, Loader=yaml.SafeLoader)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark
            line = mark.line + 1 if mark else 1
            raise TaxonomyError(
                f"{path.name} line {line}: not valid YAML ({error.problem}).", path=path
            ) from error
        if root is None:
            raise TaxonomyError(f"{path.name} is empty.", path=path)
        self.root = root

    def error(self, node: yaml.Node, message: str) -> TaxonomyError:
        """Return the error with file, topic and line."""
        where = f"{self.path.name} line {node.start_mark.line + 1}"
        topic = f", {self.topic}" if self.topic else ""
        return TaxonomyError(f"{where}{topic}: {message}.", path=self.path)

    def mapping(self, node: yaml.Node, what: str, allowed: Sequence[str]) -> dict[str, yaml.Node]:
        """Return a mapping's nodes by key; keys not allowed are errors."""
        import difflib

        result: dict[str, yaml.Node] = {}
        for key, value in self.pairs(node, what):
            if key not in allowed:
                near = difflib.get_close_matches(key, allowed, n=1)
                hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(allowed)}"
                raise self.error(value, f"unknown key {key!r}, {hint}")
            result[key] = value
        return result

    def pairs(self, node: yaml.Node | None, what: str) -> list[tuple[str, yaml.Node]]:
        """Return a mapping's keys and value nodes in order; none for a missing node."""
        if node is None:
            return []
        if not isinstance(node, yaml.MappingNode):
            raise self.error(node, f"{what} must be a mapping (key: value)")
        seen: set[str] = set()
        result = []
        for key, value in node.value:
            name = str(key.value)
            if name in seen:
                raise self.error(key, f"{name!r} is given twice")
            seen.add(name)
            result.append((name, value))
        return result

    def items(self, node: yaml.Node | None) -> list[yaml.Node]:
        """Return a list's nodes; none for a missing node."""
        if node is None:
            return []
        if not isinstance(node, yaml.SequenceNode):
            raise self.error(node, "must be a list (lines that begin with -)")
        return list(node.value)

    def text(self, node: yaml.Node | None, what: str, where: yaml.Node) -> str:
        """Return a scalar's text."""
        if node is None:
            raise self.error(where, f"{what} is missing")
        if not isinstance(node, yaml.ScalarNode) or not str(node.value).strip():
            raise self.error(node, f"{what} must be text")
        return str(node.value).strip()

    def flag(self, node: yaml.Node | None) -> bool:
        """Return a scalar that must be true or false; False for a missing node."""
        if node is None:
            return False
        value = self.text(node, "the value", node).lower()
        if value not in ("true", "false"):
            raise self.error(node, f"{value!r} must be true or false")
        return value == "true"

    def located(self, node: yaml.Node | None) -> tuple[Located, ...]:
        """Return a list of texts with their lines."""
        return tuple(
            Located(self.text(item, "an entry", item), self.path, item.start_mark.line + 1)
            for item in self.items(node)
        )

    def by_language(self, node: yaml.Node | None) -> Mapping[str, tuple[Located, ...]]:
        """Return lists of texts by language code."""
        result: dict[str, tuple[Located, ...]] = {}
        for language, value in self.pairs(node, "patterns and examples"):
            if language != "any" and language not in LANGUAGES:
                known = ", ".join(LANGUAGES)
                raise self.error(value, f"unknown language {language!r}, known: {known}, any")
            result[language] = self.located(value)
        return result

    def words(self, node: yaml.Node | None) -> list[str]:
        """Return words of a list, or of one text split at blanks."""
        if isinstance(node, yaml.ScalarNode):
            return str(node.value).split()
        return [self.text(item, "an entry", item) for item in self.items(node)]

    def strings(self, node: yaml.Node | None) -> dict[str, str]:
        """Return a mapping of texts."""
        return {key: self.text(value, key, value) for key, value in self.pairs(node, "the list")}

    def choice(self, node: yaml.Node | None, allowed: Sequence[str], default: str) -> str:
        """Return one of the allowed words."""
        if node is None:
            return default
        value = self.text(node, "the value", node)
        if value not in allowed:
            raise self.error(node, f"{value!r} must be one of {', '.join(allowed)}")
        return value

    def choices(
        self, node: yaml.Node | None, allowed: Sequence[str], default: Iterable[str]
    ) -> tuple[str, ...]:
        """Return a list of allowed words."""
        if node is None:
            return tuple(default)
        return tuple(self.choice(item, allowed, "") for item in self.items(node))
