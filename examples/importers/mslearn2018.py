"""Microsoft Learn modules and learning paths, 2018 snapshots, as a cairn-catalog/1 file.

    python examples/importers/mslearn2018.py MODULES.jsonl.gz PATHS.jsonl.gz > mslearn2018.json

Needs nothing but Python. Every sentence in the result is the data's own or says where it is from;
README.md tells which part becomes what. The data are © Microsoft and contributors, CC BY 4.0.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import sys
from pathlib import Path
from typing import Any

ORGANIZATION = "mslearn2018"
NOTICE = (
    "Module and learning path metadata of Microsoft Learn as published in 2018, © Microsoft and "
    "contributors, licensed under [CC BY 4.0](https://creativecommons.org/licenses/by/4.0/). "
    "Converted to Cairn's format: titles, summaries, objectives, units and durations are the "
    "original's, quizzes are made from the stated objectives. Microsoft has not approved or "
    "endorsed this; its credentials are samples."
)
# The first field that has one of these words in the module's uid, or else in its products.
WORDS_OF_FIELD = {
    "ai": ("vision", "neural", "deep-learning", "text-analytics", "bot", "mojifier"),
    "security": ("secure", "security", "secrets"),
    "data": ("cosmos", "sql", "redis", "data", "event-hubs"),
    "software": ("functions", "app", "apps", "vs", "vscode", "dev", "service-bus"),
}
SPOKEN = {"en": "English", "de": "German", "ja": "Japanese", "es": "Spanish", "pl": "Polish"}
QUESTION = {
    "en": "Which of these does this module set out to teach? Tick all that apply.",
    "de": "Was möchte dieses Modul vermitteln? Kreuzen Sie alles Zutreffende an.",
    "es": "¿Qué se propone enseñar este módulo? Marque todas las opciones que correspondan.",
}
EXPLANATION = {
    "en": "The module names these objectives: {}. The other choices are objectives of other "
    "modules.",
    "de": "Das Modul nennt diese Ziele: {}. Die anderen Antworten sind Ziele anderer Module.",
    "es": "El módulo declara estos objetivos: {}. Las otras respuestas son objetivos de otros "
    "módulos.",
}
TITLES = {
    "en": ("What this module is about", "You will", "Check what you know", "Unit"),
    "de": ("Worum es in diesem Modul geht", "Ziele", "Wissenstest", "Einheit"),
    "es": ("De qué trata este módulo", "Objetivos", "Compruebe sus conocimientos", "Unidad"),
}
MOST_RIGHT = 4
WRONG = 3


def main(modules_file: str, paths_file: str) -> None:
    catalog = convert(lines(modules_file), lines(paths_file))
    json.dump(catalog, sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")


def lines(name: str) -> list[dict[str, Any]]:
    path = Path(name)
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def convert(all_modules: list[dict[str, Any]], paths: list[dict[str, Any]]) -> dict[str, Any]:
    modules = one_language_each(all_modules)
    return {
        "format": "cairn-catalog/1",
        "organizations": [
            {
                "external_id": ORGANIZATION,
                "name": "Microsoft Learn (2018 snapshot)",
                "description": NOTICE,
                "url": "https://learn.microsoft.com/training/",
                "country": "US",
                "roles": ["provider", "awarding_body"],
            }
        ],
        "skills": [],
        "courses": [
            course(module, modules) | translated(module, all_modules) for module in modules.values()
        ],
        "tracks": [track(path, modules) for path in paths],
    }


def one_language_each(all_modules: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Each module once: in English, or in the first language that there is."""
    chosen: dict[str, dict[str, Any]] = {}
    for module in sorted(all_modules, key=lambda module: str(module["lang"]) != "en"):
        chosen.setdefault(module["uid"], module)
    return dict(sorted(chosen.items()))


def course(module: dict[str, Any], modules: dict[str, dict[str, Any]]) -> dict[str, Any]:
    language = module["lang"]
    return {
        "external_id": module["uid"],
        "provider": ORGANIZATION,
        "title": one_line(module["title"], 200),
        "summary": one_line(module["summary"] or "", 500),
        "description": paragraphs(module["objectives"], levels_and_roles(module), NOTICE),
        "language": language,
        "field": field(module),
        "prerequisites": prerequisites(module),
        "skills": [],
        "achievement": {
            "kind": "MicroCredential",
            "name": one_line(module["badge"] or module["title"], 200),
            "description": one_line(module["summary"] or module["title"], 500),
        },
        "units": units(module, language) + quiz(module, modules, language),
    }


def translated(
    module: dict[str, Any], all_modules: list[dict[str, Any]]
) -> dict[str, list[dict[str, Any]]]:
    """The module's pages in other languages, if there are any."""
    others = {
        other["lang"]: other
        for other in all_modules
        if other["uid"] == module["uid"] and other["lang"] != module["lang"]
    }
    rows = [translation(others[lang], module) for lang in sorted(others)]
    return {"translations": rows} if rows else {}


def translation(other: dict[str, Any], module: dict[str, Any]) -> dict[str, Any]:
    known = {unit["uid"] for unit in module["units"]}
    return {
        "language": other["lang"],
        "title": one_line(other["title"], 200),
        "summary": one_line(other["summary"] or "", 500),
        "description": paragraphs(other["objectives"], levels_and_roles(other), NOTICE),
        "prerequisites": prerequisites(other),
        "units": [
            {name: unit[name] for name in ("external_id", "title", "body")}
            for unit in units(other, other["lang"])
            if unit["external_id"] in known
        ],
    }


def units(module: dict[str, Any], language: str) -> list[dict[str, Any]]:
    about, will, _, nameless = words(language)
    first = paragraphs(
        f"## {about}", module["summary"], f"## {will}" if objectives(module) else None
    )
    first += "".join(f"\n- {objective}" for objective in objectives(module))
    return [
        {
            "external_id": unit["uid"],
            "kind": "lesson",
            "title": one_line(unit["title"] or f"{nameless} {number}", 200),
            # The snapshot lacks some durations; nothing is better than a guess.
            "minutes": unit["minutes"] or 0,
            "body": first if number == 1 else "",
        }
        for number, unit in enumerate(module["units"], 1)
    ]


def quiz(
    module: dict[str, Any], modules: dict[str, dict[str, Any]], language: str
) -> list[dict[str, Any]]:
    """One question, made of the module's objectives and of others in the same language."""
    right = objectives(module)[:MOST_RIGHT]
    wrong = distractors(module, modules)
    if not right or not wrong:
        return []
    choices = [{"text": text, "correct": text in right} for text in right + wrong]
    choices.sort(key=lambda choice: drawn(module["uid"], str(choice["text"])))
    return [
        {
            "external_id": f"{module['uid']}.quiz",
            "kind": "quiz",
            "title": words(language)[2],
            "minutes": 2,
            "pass_percent": 100,
            "questions": [
                {
                    "text": QUESTION.get(language, QUESTION["en"]),
                    "kind": "multiple",
                    "explanation": EXPLANATION.get(language, EXPLANATION["en"]).format(
                        "; ".join(text.rstrip(".") for text in right)
                    ),
                    "choices": choices,
                }
            ],
        }
    ]


def distractors(module: dict[str, Any], modules: dict[str, dict[str, Any]]) -> list[str]:
    """Objectives of other modules, drawn by hash: the same each time, and none of its own."""
    own = {text.casefold().rstrip(". ") for text in objectives(module)}
    others = {
        text
        for other in modules.values()
        if other["lang"] == module["lang"] and other["uid"] != module["uid"]
        for text in objectives(other)
        if text.casefold().rstrip(". ") not in own
    }
    return sorted(others, key=lambda text: drawn(module["uid"], text))[:WRONG]


def track(path: dict[str, Any], modules: dict[str, dict[str, Any]]) -> dict[str, Any]:
    language = path["lang"]
    is_original = language == "en"
    known = [uid for uid in dict.fromkeys(path["modules"]) if uid in modules]
    return {
        "external_id": path["uid"] if is_original else f"{path['uid']}@{language}",
        "organization": ORGANIZATION,
        "title": one_line(path["title"], 200),
        "summary": one_line(path["summary"] or "", 500),
        "description": paragraphs(
            path["summary"],
            levels_and_roles(path),
            None
            if is_original
            else f"This is the {SPOKEN.get(language, language)} page of the path; its courses are "
            "offered in the language that each one shows.",
            NOTICE,
        ),
        "field": most_common([field(modules[uid]) for uid in known]),
        "language": language,
        "achievement": {"kind": "Certificate"},
        "rule": {"all": [{"course": uid} for uid in known]},
    }


def objectives(module: dict[str, Any]) -> list[str]:
    found = re.findall(r"^\s*[-*]\s+(.+)$", module["objectives"] or "", re.MULTILINE)
    return list(dict.fromkeys(one_line(text, 500) for text in found))


def prerequisites(module: dict[str, Any]) -> str:
    text = (module["prerequisites"] or "").strip()
    return "" if text.casefold().rstrip(".") in {"none", "keine", "ninguno", "brak"} else text


def levels_and_roles(item: dict[str, Any]) -> str:
    """As a sentence of ours: the data has no European level, and none is made up."""
    parts = []
    if item["levels"]:
        parts.append(f"Level: {', '.join(item['levels'])}.")
    if item["roles"]:
        parts.append(f"For: {', '.join(role.replace('-', ' ') for role in item['roles'])}.")
    return " ".join(parts)


def field(module: dict[str, Any]) -> str:
    for names in ([module["uid"]], module["products"]):
        text = f"-{'-'.join(names).lower().replace('.', '-')}-"
        for name, known in WORDS_OF_FIELD.items():
            if any(f"-{word}-" in text for word in known):
                return name
    return "cloud"


def most_common(fields: list[str]) -> str:
    return max(sorted(set(fields)), key=fields.count, default="cloud")


def drawn(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def words(language: str) -> tuple[str, str, str, str]:
    return TITLES.get(language, TITLES["en"])


def one_line(text: str, most: int) -> str:
    text = " ".join(text.split())
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def paragraphs(*parts: str | None) -> str:
    return "\n\n".join(part.strip() for part in parts if part and part.strip())


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit((__doc__ or "").split("\n\n")[1])
    main(sys.argv[1], sys.argv[2])
