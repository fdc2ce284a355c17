"""Every word of other languages that denies, doubts or moves to the past the diagnosis beside it."""

from __future__ import annotations

import pytest

from trialsieve.fhir_adapters.codes.words_of_other_languages import denies, leaves_open, says_past

RELATIVES = [
    *("Mutter", "Vater", "Grossmutter", "Großvater", "Bruder", "Schwester", "Tante", "Onkel"),
    *("mère", "mere", "père", "pere", "frère", "frere", "sœur", "soeur"),
    *("madre", "padre", "hermano", "hermana", "abuelo", "abuela", "fratello", "sorella"),
    *("moeder", "vader", "broer", "zus", "mãe", "mae", "pai", "irmão", "irmã", "irma"),
]
DENIED = [
    *(f"{relative}: EP" for relative in RELATIVES),
    *("Mutter (LE)", "Familienanamnese: LE", "antecedentes familiares: TEP", "antécédents familiaux: EP"),
    *("antecedents familiaux: EP", "ATCD familiaux: EP", "ATCDs familiaux: EP", "anamnesi familiare: EP"),
    *("familieanamnese: LE", "história familiar: EP", "historia familiar: EP"),
    *("kein LE-Nachweis", "keine LE", "ohne LE", "sans EP", "sin TEP", "sem EP", "senza EP", "geen LE", "zonder LE"),
    *("nega EP", "niega TEP", "aucun caillot", "aucune EP"),
    *("pas d'EP", "pas de TVP", "pas des signes", "pas du caillot"),
    *("absence d'EP", "absence de TVP", "absence des signes"),
    *("absence du caillot", "nessun'embolia", "nessuna embolia"),
    *("ningun TEP", "ningún TEP", "ninguna embolia", "nenhum TEP", "nenhuma embolia"),
    *("assenza d'embolia", "assenza di EP", "assenza del trombo", "assenza dell'embolia", "assenza della embolia"),
    "assenza dello shock",
    *("assenza delle embolie", "ausencia de EP", "ausência de EP"),
    *("CT: kein Hinweis", "CT: keine Hinweise", "CT: keinen Anhalt", "CT: kein Anzeichen", "CT: keiner Hinweise"),
    *("CT: kein Nachweis", "LE nicht nachweisbar", "LE nicht nachgewiesen", "LE ausgeschlossen", "TEP descartado"),
    *("TEP descartada", "EP exclu", "EP exclue", "EP exclus"),
    *("EP éliminée", "EP eliminee", "EP éliminé", "EP éliminées"),
    *("EP infirmée", "EP infirme", "EP infirmé", "EP infirmées", "EP escluso", "EP esclusa", "EP excluido"),
    *("EP excluída", "LE uitgesloten"),
    *("否认肺栓塞", "肺栓塞：否認", "CT未见肺栓塞", "CT未发现肺栓塞", "CT没有肺栓塞", "肺栓塞已排除", "肺栓塞家族史"),
    *("肺塞栓症の家族歴", "肺塞栓症は否定", "肺塞栓症は認めず", "肺塞栓症なし", "肺塞栓症無し"),
    *("父亲肺栓塞", "母亲肺栓塞", "父親肺栓塞", "兄弟肺栓塞"),
    *("姐妹肺栓塞", "母：肺塞栓症", "父: 肺塞栓症", "兄(肺塞栓症)"),
    *("弟（肺塞栓症）", "姉：肺塞栓症", "妹：肺塞栓症", "无肺栓塞", "無肺栓塞"),
    # not what is named after what is not there
    *("无脑梗死", "无脑转移", "无菌血症", "无菌尿", "无脾大"),
    *("无脾肿大", "無脾腫大", "无脾破裂", "无脾梗死", "无尿路感染"),
    *("无丙肝", "无甲亢", "无动脉瘤", "无痛风", "無痛風", "无创伤", "無創傷", "无虹膜炎", "无精神病", "无脉管炎"),
    *("无眼底出血", "无头痛", "无牙龈出血", "无毛细血管瘤", "无肢体麻木", "无月骨坏死", "无功能障碍", "无功能不全"),
    *("无功能异常", "無功能異常", "无功能减退", "無功能減退"),
]
OPEN = [
    *("V.a. LE", "V. a. LE", "Va. LE", "Verdacht auf LE", "Verdachtsdiagnose LE", "vermutlich LE", "fraglich LE"),
    *("Ausschluss LE", "Ausschluß LE", "zum Ausschluss LE", "suspicion d'EP", "suspicion de TVP", "suspicion des EP"),
    *("suspicion du TVP", "suspectée EP", "suspecte EP", "suspectes EP"),
    *("suspectees EP", "probable EP", "probables EP"),
    *("sospecha de TEP", "sospechoso de TEP", "sospechosa de TEP", "posible TEP", "descartar TEP"),
    *("sospetto EP", "sospetta EP", "possibile EP", "probabile EP", "verdenking LE", "vermoeden LE", "mogelijk LE"),
    *("mogelijke LE", "waarschijnlijk LE", "waarschijnlijke LE", "suspeita de EP", "suspeito de EP", "provável EP"),
    *("provavel EP", "possível EP", "possivel EP", "a descartar TEP"),
    *("a excluir EP", "à éliminer EP", "a eliminer EP"),
    "da escludere EP",
    *("LE unwahrscheinlich", "LE nicht bestätigt", "LE nicht bestaetigt", "EP non confirmée", "EP non confirme"),
    *("EP non confirmees", "EP non confermata", "EP non confermato", "LE niet bevestigd", "TEP no confirmado"),
    *("TEP no confirmada", "EP não confirmada", "EP nao confirmada", "LE, V.a.", "LE, V. a.", "LE (Verdacht)"),
    *("LE fraglich", "LE, Ausschluss", "LE, Ausschluß", "LE zum Ausschluss", "EP probable", "EP possible"),
    *("EP suspectée", "EP suspecte", "TEP posible", "TEP sospechado", "TEP sospechada", "TEP a descartar"),
    *("TEP por descartar", "EP sospetta", "EP sospetto", "EP probabile"),
    *("EP possibile", "EP suspeita", "EP suspeito"),
    *("EP provável", "EP provavel", "EP possível", "EP possivel", "EP a excluir", "LE mogelijk", "LE waarschijnlijk"),
    *("LE, verdenking", "EP à éliminer", "EP a eliminer", "EP da escludere"),
    *("疑似肺栓塞", "CT疑似肺栓塞", "可疑肺栓塞", "肺塞栓症の疑い"),
    *("肺塞栓症を疑う", "肺塞栓症疑診", "肺栓塞待排", "肺栓塞待查"),
    *("排除肺栓塞", "肺栓塞不能除外", "肺塞栓症と鑑別", "肺栓塞未确诊"),
    *(f"{relative} dans im en LE" for relative in RELATIVES),
    *(f"LE bei {relative}" for relative in RELATIVES),
    *("LE bei der Mutter", "LE bei dem Vater", "LE bei seiner Schwester", "LE bei ihrem Bruder"),
    *("LE bei seinem Onkel", "LE bei ihrer Tante"),
    *("肺栓塞未证实", "肺塞栓症の可能性", "肺栓塞可能"),
    *("肺塞栓症疑", "疑肺栓塞", "考虑肺栓塞", "考慮肺栓塞"),
]
PAST = [
    *("Z.n. LE", "Z. n. LE", "Zn. LE", "Zustand nach LE", "St.n. LE", "St. p. LE", "alte LE", "alter Infarkt"),
    *("altes Hämatom", "anamnestisch LE", "anamnestische LE"),
    *("Eigenanamnese: LE", "antécédent d'EP", "antecedente EP"),
    *("antécédents: EP", "antecedentes TEP", "ATCD EP", "ATCDs EP", "historia de TEP", "história de EP"),
    *("histórico de EP", "pregressa EP", "pregresso infarto", "status na LE", "voorgeschiedenis: LE"),
    *("LE, Z.n.", "LE, Z. n.", "LE anamnestisch", "LE in der Vorgeschichte", "LE in der Anamnese"),
    *("LE in de voorgeschiedenis", "EP in anamnesi", "既往肺栓塞", "陈旧性肺栓塞", "陳旧性心筋梗塞", "肺栓塞史"),
]
NAMED = [
    *("无Q波心肌梗死", "无创通气", "無創通氣", "无并发症的糖尿病", "無併發症的糖尿病", "无合并症的糖尿病"),
    *("無合併症的糖尿病", "无症状", "无痛性心肌梗死", "无汗症", "无力", "无色素痣", "无晶状体眼", "无排卵性出血"),
    *("无月经", "無月經", "無月経", "无丙种球蛋白血症", "無丙種球蛋白血症", "无脉症", "無脈性電活動", "无功能性腺瘤"),
    *("無機能腺腫", "无菌性脑膜炎", "无脾综合征", "无虹膜", "无尿症", "无尿期", "无尿性肾衰竭", "无尿", "无精子症"),
    *("无精液症", "无精症", "无脑儿", "無脳児", "无脑回畸形"),
    *("无脑畸形", "無脳症", "无动性缄默", "无动力症", "無動症"),
    *("无尿，急性肾衰竭", "无尿24小时", "无尿型急性肾损伤", "无动缄默"),
    *("无乳链球菌败血症", "無乳鏈球菌感染", "无形体病", "無形體病", "无法切除胰腺癌"),
    *("无甲症", "无牙颌", "无牙症", "无毛症", "无肢畸形", "无眼球", "无头畸形", "無頭症"),
    *("Sinusitis", "Aucune", "Ninguna", "Ohne", "Absence seizure"),
    *("Absence dentaire", "Alteplase", "Alter", "Probablesque"),
    *("Status na", "Historiade", "Zn.x", "Senza-"),
    # nor is it had by a relative that tells of it, gave cells, or is no relative
    *("Mutter berichtet LE", "Mutter schildert LE", "Mutter sagt: LE", "Mère rapporte EP", "Mère signale EP"),
    *("Madre refiere TEP", "Madre dice TEP", "Madre riferisce EP", "Mãe relata EP"),
    *("Bruder Spender", "Frère donneur", "Hermano donante", "Fratello donatore", "Irmão dono", "Bruder allogen"),
    *("Vater haploident", "Schwester Transplantat", "Hermana trasplante", "Sorella trapianto", "Sœur greffe"),
    *("Bruder SZT", "Bruder KMT", "VATER syndrome", "Vater Scott syndrome", "VATER association", "Vater-Assoziation"),
    *("Vater Assoziation", "Vater Papille", "Vater Ampulle", "Soeur Marie Joseph", "PAI 1 deficiency"),
]


@pytest.mark.parametrize("words", DENIED)
def test_what_denies(words: str) -> None:
    assert denies(words)


@pytest.mark.parametrize("words", OPEN)
def test_what_leaves_it_open(words: str) -> None:
    assert leaves_open(words)


@pytest.mark.parametrize("words", PAST)
def test_what_is_past(words: str) -> None:
    assert says_past(words)


@pytest.mark.parametrize("words", NAMED)
def test_what_is_a_name(words: str) -> None:
    assert (denies(words), leaves_open(words), says_past(words)) == (False, False, False)
