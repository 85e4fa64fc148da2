"""The words with which a reply in another language than English approves or rejects, and leaves it open."""

# ruff: noqa: RUF001 - letters of other alphabets
from __future__ import annotations

import re
import unicodedata


def _compiled(pattern: str) -> re.Pattern[str]:
    """Compiled for texts that are folded: without accents, and with letters such as Hangul taken apart."""
    plain = unicodedata.normalize("NFKD", pattern)
    return re.compile("".join(char for char in plain if not unicodedata.combining(char)))


_APPROVES = _compiled(
    r"\b(?:genehmig\w+|bewillig\w+|annehmen|angenommen|zustimm\w+|stimme (?:\w+ )?zu|befurwort\w+|einstellen|"
    r"approuv\w+|accepte\w*|accorde\w*|embauche\w*|"
    r"aprob\w+|aprueb\w+|acept\w+|conced\w+|contrat\w+|aprov\w+|aceit\w+|"
    r"approver\w+|approvo|approvat\w|approvare|accett\w+|assum\w+)\b"
    r"|(?:одобр|утверд|приня|приму|согласен|согласна)[а-я]*"
    r"|批准|同意|通过|通過|录用|錄用|接受|核准"
    r"|承認|許可し|採用し|賛成|認めます|승인|허가|찬성|채용|수락"
    r"|اوافق|موافق|اقبل|قبول|स्वीकृत|स्वीकार|मजूर|मज़ूर|अनुमोद"
)
_REJECTS = _compiled(
    r"\b(?:ablehn\w*|abgelehnt|lehne (?:\w+ )*ab|verweiger\w+|refus\w+|rejet\w+|rechaz\w+|deneg\w+|deniego|"
    r"rejeit\w+|recus\w+|indefer\w+|rifiut\w+|respin\w+|bocci\w+)\b"
    r"|(?:отклон|отказ|отверг)[а-я]*"
    r"|拒绝|拒絕|驳回|駁回|否决|否決|却下|不承認|反対|見送|거절|거부|반대|기각|불허"
    r"|ارفض|رفض|अस्वीका?र|अस्वीकृत|नामजूर|खारिज"
)
_DENIES = _compiled(
    r"\b(?:nicht|kein\w*|ne|pas|no|nao|non|не|нет)\b|(?:不(?:予|能|会|會|应|應|同意|批准|通过|接受|录)|未|别|無法|无法)"
    r"|(?:しません|できません|しない|できない|ません)|(?:지 않|할 수 없|못|안 )|\bلا\b|\bلن\b|नही"
)
_OPEN = _compiled(
    r"\b(?:wenn|falls|sofern|vorausgesetzt|si|sous reserve|a condition|siempre que|a menos que|se|desde que|"
    r"a patto che|purche|если|при условии)\b|如果|若|除非|もし|場合|なら|(?:다|라)면|경우|اذا|لو |अगर|यदि|[?]"
)


def decision_elsewhere(folded: str) -> bool | None:
    """True where a folded reply approves, False where it rejects; None where it says neither, both, or only under a
    condition. Only short replies are read: in long ones a word may belong to anything."""
    if len(folded) > 200 or _OPEN.search(folded):
        return None
    rejects = _REJECTS.search(folded) is not None
    approves = _APPROVES.search(_REJECTS.sub("~", folded)) is not None
    denied = _DENIES.search(_REJECTS.sub("~", folded)) is not None
    if approves == rejects or (rejects and denied):
        return None
    return approves and not denied
