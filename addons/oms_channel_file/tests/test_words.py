import re
from pathlib import Path

from odoo.addons.oms_core.lib.errors import Rejected
from odoo.tests import tagged
from odoo.tools.translate import code_translations

from ..lib.reason import because
from ..models.reason_texts import TEXTS
from .common import FolderCase, csv_of

GERMAN = {
    "“%(value)s” is not a number": "„%(value)s“ ist keine Zahl",
    "is empty; no customer has the reference “%(value)s”": "ist leer; kein Kunde hat die Nummer „%(value)s“",
    "Row %(row)s, %(column)s (%(letter)s): %(reason)s": "Zeile %(row)s, %(column)s (%(letter)s): %(reason)s",
    "Columns that are not used: %(columns)s.": "Spalten, die niemand kennt: %(columns)s.",
    "Order %(number)s has %(rows)s rows, more than %(most)s.": "Auftrag %(number)s hat %(rows)s Zeilen.",
    "What is wrong": "Was nicht stimmt",
    "%s: what is named here was not imported. Correct it and put the file back.": "%s: nicht eingelesen.",
    "“%(folder)s” is no folder below OMS_FILE_ROOT.": "„%(folder)s“ liegt nicht unter OMS_FILE_ROOT.",
}


@tagged("post_install", "-at_install")
class TestWords(FolderCase):
    """What is wrong with a file is said in the language of whoever reads it."""

    def setUp(self):
        super().setUp()
        self.env["res.lang"]._activate_lang("de_DE")
        known = code_translations.get_python_translations

        def translated(translations, module, lang):
            is_ours = module == "oms_channel_file" and lang == "de_DE"
            return GERMAN if is_ours else known(module, lang)

        self.patch(type(code_translations), "get_python_translations", translated)

    def test_every_reason_has_words_and_gets_what_they_need(self):
        """Each code given anywhere, with the names given there; no words are left over."""
        folder, given = Path(__file__).parents[1], {}
        for path in [*(folder / "lib").glob("*.py"), *(folder / "client").glob("*.py")]:
            found = re.finditer(r'(?:because|Unusable|BadValue)\(\s*"(\w+)"((?:[^()]|\((?:[^()]|\([^()]*\))*\))*)\)',
                                path.read_text())  # fmt: skip
            for match in found:
                given.setdefault(match[1], set()).update(re.findall(r"(\w+)=", match[2]))
        self.assertEqual(set(given), set(TEXTS))
        for code, names in given.items():
            words = self.channel._file_reason(because(code, **dict.fromkeys(names, 1)))
            self.assertNotIn("%(", words, code)

    def test_the_preview_and_the_list_of_errors_are_in_the_readers_language(self):
        upload = self.upload(csv_of({"Order number": "1", "Quantity": "two", "Colour": "red"}))
        self.assertEqual(upload.line_ids.reason, "Row 2, Quantity (I): “two” is not a number")
        self.clerk.lang = "de_DE"
        upload = upload.with_context(lang="de_DE")
        self.assertEqual(upload.line_ids.reason, "Zeile 2, Quantity (I): „two“ ist keine Zahl")
        self.assertEqual(upload.notes, "Spalten, die niemand kennt: “Colour”.")
        text = upload._build_error_list().decode("utf-8-sig")
        self.assertEqual(text.splitlines()[0], "Order number,Rows,Was nicht stimmt")
        self.assertIn("Zeile 2, Quantity (I): „two“ ist keine Zahl", text)

    def test_an_integration_gets_them_in_its_language(self):
        content = csv_of({"Quantity": "two", "Colour": "red"})
        upload = self.env["oms.file.import"].with_user(self.clerk).with_context(lang="de_DE")
        parsed, judged = upload._look_through(self.channel, "a.csv", content)
        answer = upload._answer(judged, parsed.notes)
        self.assertEqual(answer["errors"][0]["message"], "„two“ ist keine Zahl")
        self.assertEqual(answer["notes"], ["Spalten, die niemand kennt: “Colour”."])

    def test_counts_are_written_as_the_language_does(self):
        reason = because("order_too_long", number="1", rows=1001, most=1000)
        self.assertEqual(self.channel._file_reason(reason), "Order 1 has 1,001 rows, more than 1,000.")
        german = self.channel.with_context(lang="de_DE")
        self.assertEqual(german._file_reason(reason), "Auftrag 1 hat 1.001 Zeilen.")

    def test_where_nobody_reads_it_is_the_language_of_the_company(self):
        self.channel.company_id.partner_id.lang = "de_DE"
        self.put("a.csv", csv_of({"Order number": "2", "Quantity": "two"}))
        self.poll()
        [path] = (self.base / "failed").glob("*.txt")
        self.assertEqual(path.read_text(), "a.csv: nicht eingelesen.\nZeile 2, Quantity (I): „two“ ist keine Zahl\n")
        row = self.env["oms.inbox"].search([("channel_id", "=", self.channel.id)])
        self.assertEqual(row.reason, "„two“ ist keine Zahl")

    def test_what_is_the_matter_with_a_folder_is_said_in_words(self):
        error = Rejected("folder_refused", message="...", folder="../etc")
        self.assertEqual(self.channel._explain(error), "“../etc” is no folder below OMS_FILE_ROOT.")
        german = self.channel.with_context(lang="de_DE")
        self.assertEqual(german._explain(error), "„../etc“ liegt nicht unter OMS_FILE_ROOT.")

    def test_a_great_many_flaws_are_counted(self):
        self.put("a.csv", csv_of({"Quantity": "two", "Name": "", "Street": "", "Unit price": "x", "SKU": ""}))
        self.poll()
        row = self.env["oms.inbox"].search([("channel_id", "=", self.channel.id)])
        self.assertTrue(row.reason.startswith("is empty; Row 2, Quantity (I): “two” is not a number; "), row.reason)
        self.assertTrue(row.reason.endswith("; and 2 more"), row.reason)
