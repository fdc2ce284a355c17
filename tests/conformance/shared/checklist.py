"""What the CDS Hooks specification asks of a service, and what real clients send: each point once, with its source.

Every point that is for services is stated by a test that carries the marker `states` with its id. An id is the
section, the citation and, where that is not enough, a word. The sources, as file:line where lines are given:

* S1, S11, S2: the specification 1.0, 1.1 (ballot) and 2.0: HL7/cds-hooks-hl7-site@1111385, docs/1.0/index.md,
  docs/ballots/2020Sep/index.md, docs/2.0/index.md. S3, FSH: 3.0.0-ballot: HL7/cds-hooks@fb10ca7,
  input/pagecontent/index.md and the logical models of input/fsh.
* LIB: the hooks: HL7/cds-hooks-library@5d04c4d. BP: best practices: cds-hooks/docs@462a38f.
* SBX: the sandbox, cds-hooks/sandbox@3b7e255. INF, CRD: Inferno's davinci-crd-test-kit@1d1f2c4 and HL7-DaVinci/CRD.
  AHRQ: AHRQ-CDS-Connect-CQL-SERVICES@72932fd. CQF: cqf-ruler. HAPI, MELD: these servers' own test data and issues.
* EPIC, CERNER: what these vendors' documents and payloads are reported to be; second-hand.
* GOOD: no text asks for it; it keeps a service from harm.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Level(StrEnum):
    """How binding a point is."""

    SHALL = "SHALL"
    SHOULD = "SHOULD"
    GOOD = "good practice"
    CLIENT = "what a client sends"


@dataclass(frozen=True, slots=True)
class Item:
    """One point. `not_for_services` says why no test of ours states it; empty where one must."""

    id: str
    level: Level
    says: str
    not_for_services: str = ""


SHALL, SHOULD, GOOD, CLIENT = Level

ITEMS: Final = (
    # --- 1. JSON ------------------------------------------------------------------------------------------------------
    Item("1/S2:16", SHALL, "JSON of RFC 8259, both ways: no comments, no trailing commas, no NaN"),
    Item("1/S2:16/https", SHALL, "HTTPS in production"),
    Item("1/S3:49", SHALL, "resources inside requests are FHIR as JSON"),
    Item("1/S2:19", SHALL, 'nothing sent is null, "", [] or {}'),
    Item("1/S2:24", SHALL, "cards and services may be empty arrays"),
    # --- 2. Discovery -------------------------------------------------------------------------------------------------
    Item("2/S2:52", SHALL, "GET cds-services answers 200 with an object that has the array services"),
    Item("2/S2:69", SHALL, "without services the array is empty"),
    Item("2/S2:72", SHALL, "each service has hook, description and id"),
    Item("2/S2:76", SHALL, "an id is a segment of a URL's path, and the service answers there"),
    Item("2/S2:74", SHOULD, "each service has a title"),
    Item("2/S2:78", SHALL, "prefetch maps keys to FHIR queries"),
    Item("2/S2:79", SHOULD, "usageRequirements are text for people"),
    Item("2/S3:129", SHOULD, "version (semantic) and hookVersion are said"),
    Item("2/S2:82", SHALL, "one id for several hooks means that later cards supersede; ours are distinct"),
    Item("2/S2:902", SHALL, "where tokens are needed, discovery needs one too"),
    Item("2/SBX/token", CLIENT, "the sandbox sends a token to discovery of an open service too"),
    Item("2/GOOD/slash", GOOD, "a slash at the end is no redirect, and a POST is never redirected"),
    Item("2/GOOD/etag", GOOD, "discovery can be cached and revalidated"),
    # --- 3. Request ---------------------------------------------------------------------------------------------------
    Item("3/S2:142", SHALL, "hook, hookInstance and context are needed: 400 without"),
    Item("3/S2:144", CLIENT, "hookInstance is a UUID by the text, and any text in fact"),
    Item("3/EPIC/instance", CLIENT, "hookInstance is a UUID of version 1"),
    Item("3/CQF/instance", CLIENT, 'hookInstance is "test"'),
    Item("3/HAPI/instance", CLIENT, "hookInstance is missing"),
    Item("3/S2:146", SHALL, "fhirServer comes with fhirAuthorization; one without the other opens nothing"),
    Item("3/CRD/null", CLIENT, "fhirServer and fhirAuthorization are null"),
    Item("3/S2:1025", SHALL, "unknown members and extensions of a request are passed over"),
    Item("3/EPIC/extension", CLIENT, "eight extensions whose values are text"),
    Item("3/GOOD/hook", GOOD, "the hook is that of the service addressed: 400 otherwise"),
    Item("3/HAPI/patient", CLIENT, "context.patientId is `Patient/123`"),
    Item("3/GOOD/mismatch", GOOD, "another patient in the prefetch: refused, not screened"),
    Item("3/AHRQ/mismatch", CLIENT, "context.patientId 1288992 with a prefetched Patient 1"),
    Item("3/GOOD/audit", GOOD, "caller and hookInstance are kept with what was answered"),
    # --- 4. FHIR access -----------------------------------------------------------------------------------------------
    Item("4/S2:464", SHALL, "fhirAuthorization has access_token, token_type, expires_in, scope, subject"),
    Item("4/SBX/expires", CLIENT, "fhirAuthorization without expires_in, or with further members"),
    Item("4/S2:471", SHOULD, "patient is there if scopes begin with patient/", "the authorization server says it"),
    Item("4/S2:475", SHALL, "the token is transient: used within the request, not stored, not logged, not shared"),
    Item("4/S2:475/after", SHALL, "nothing is asked after the answer; nothing that one user may see answers another"),
    Item("4/S3:754", CLIENT, "scopes of SMART v1 and v2, and neither"),
    Item("4/EPIC/scopes", CLIENT, "scopes in capitals, and EPIC.FHIR.R4 ones"),
    Item("4/CQF/bearer", SHALL, "the token is sent as `Authorization: Bearer`"),
    Item("4/GOOD/origin", GOOD, "the token goes to fhirServer alone: no redirect, no next link elsewhere"),
    Item("4/GOOD/listed", GOOD, "no FHIR server is asked that is not listed for the client; no private address"),
    Item("4/S2:205", SHALL, "works by prefetch, by the FHIR server, or by both"),
    Item("4/GOOD/scope", GOOD, "a query out of scope is not sent", "the server refuses it, which is read as unknown"),
    # --- 5. Prefetch --------------------------------------------------------------------------------------------------
    Item("5/S2:211", SHALL, "a template is a read or a search by a relative URL"),
    Item("5/S2:259", SHALL, "tokens are primitive root-level fields of the context"),
    Item("5/S3:415", GOOD, "nothing of 3.0's trial-use tokens is relied upon"),
    Item("5/S2:296", SHALL, "the restricted subset: no _include, chains, modifiers, operations"),
    Item("5/S2:231", SHALL, "a client may satisfy none, some or all"),
    Item("5/S2:249/absent", SHALL, "a key that is absent was not satisfied, or failed"),
    Item("5/S2:249/null", SHALL, "a key that is null: no data; it proves nothing and is not asked again"),
    Item("5/S3:372/empty", SHALL, "a Bundle without entries is empty"),
    Item("5/SBX/total", CLIENT, 'an empty answer is {"total": 0}, and no more'),
    Item("5/S2:249/outcome", SHOULD, "an OperationOutcome, alone or as an entry: unknown, not empty"),
    Item("5/CRD/outcome", CLIENT, "an OperationOutcome in the place of a Bundle"),
    Item("5/S2:247", SHALL, "a Bundle with a next link is read on with the token, within bounds"),
    Item("5/CQF/response", CLIENT, "{response, resource} as before 1.0"),
    Item("5/S2:251", SHALL, "412 where what is needed is neither in the prefetch nor to be had"),
    Item("5/CQF/partial", SHALL, "a prefetch in part is completed key by key"),
    Item("5/S3:295", SHALL, "what was prefetched is not asked again"),
    Item("5/GOOD/filter", GOOD, "everything is filtered again: subject, date, status, code"),
    Item("5/SBX/collapse", CLIENT, "of a repeated parameter the sandbox makes one with a comma"),
    Item("5/SBX/unresolved", CLIENT, "a token that cannot be resolved is sent as it is, and finds nothing"),
    Item("5/SBX/drafts", CLIENT, "drafts without intent or medication, coding: [{}], reasonCode: []"),
    Item("5/EPIC/ids", CLIENT, "ids of 194 characters"),
    Item("5/GOOD/references", GOOD, "references that are absolute, contained or missing"),
    Item("5/AHRQ/versions", CLIENT, "resources of DSTU2 and STU3"),
    Item("5/S3:1574", SHALL, "all resources of a context have one version of FHIR", "the client makes it so"),
    # --- 6. Status codes ----------------------------------------------------------------------------------------------
    Item("6/S2:499", SHALL, "200 with cards, which may be none"),
    Item("6/S2:502", SHALL, "412 is the status where data is missing"),
    Item("6/S3:817", SHOULD, "an OperationOutcome with every status but 2xx"),
    Item("6/BP/401", GOOD, "401 without details"),
    Item("6/GOOD/statuses", GOOD, "404 unknown id, 400 bad request, 405, 413, 415; never 422"),
    Item("6/GOOD/500", GOOD, "an internal error can be read by a browser, and tells nothing"),
    Item("6/GOOD/size", GOOD, "the largest body is set on purpose; several megabytes are taken"),
    # --- 7. Response --------------------------------------------------------------------------------------------------
    Item("7/S2:512", SHALL, "cards is an array; systemActions only where agreed before"),
    Item("7/S2:531", SHALL, "a card's uuid is one, in lower case, and its own"),
    Item("7/S2:532", SHALL, "summary is one line of fewer than 140 characters"),
    Item("7/S2:532/sentence", SHALL, "summary is one sentence"),
    Item("7/S2:533", SHALL, "detail is GFM; HTML is not relied upon"),
    Item("7/S2:534", SHALL, "indicator is info, warning or critical; never hard-stop"),
    Item("7/S2:535", SHALL, "source has a label, an absolute url and no drill-down"),
    Item("7/S2:548", SHOULD, "source.icon is a PNG of 100 by 100", "we send none"),
    Item("7/INF/topic", SHALL, "source.topic is there"),
    Item("7/EPIC/topic", CLIENT, "topic.code is alphanumeric, at most 100 characters, the same for the same advice"),
    Item("7/S2:537", SHALL, "selectionBehavior where there are suggestions, and only there"),
    Item("7/S2:539", SHALL, "override reasons are Codings with a display"),
    Item("7/S2:1078", SHALL, "a Coding has code and system"),
    Item("7/S2:574", SHALL, "suggestions and actions are whole", "we suggest nothing: a person decides"),
    Item("7/S3:91", SHALL, "actionSelectionBehavior is not used unless a client is known to support it"),
    Item("7/S2:656", SHALL, "a link has label, url and type; appContext with smart alone; no autolaunchable"),
    Item("7/EPIC/links", CLIENT, "clients drop links: the detail says what matters"),
    Item("7/SBX/smart", CLIENT, "smart links are off without a SMART server: ours are absolute"),
    Item("7/EPIC/triggers", CLIENT, "other triggers come as patient-view with bpa-trigger-action"),
    Item("7/CERNER/critical", CLIENT, "critical is a pop-up: never for a trial"),
    Item("7/GOOD/few", GOOD, "few cards, the most relevant first"),
    Item("7/GOOD/quiet", GOOD, "nothing for a patient who is outside every trial"),
    Item("7/SBX/html", CLIENT, "HTML in a detail is rendered: text of others is escaped"),
    Item("7/S3:1102", SHALL, "indicator is never left out, though an example of the text does so"),
    # --- 8. Feedback --------------------------------------------------------------------------------------------------
    Item("8/S2:752", SHALL, "the body is an object with the array feedback"),
    Item("8/S2:757", SHALL, "accepted with acceptedSuggestions; overridden with or without a reason"),
    Item("8/S2:767", SHALL, "outcomeTimestamp of RFC 3339 with fractions"),
    Item("8/SBX/reason", CLIENT, "reason without system and display"),
    Item("8/S2:777", SHALL, "several cards at once, and one card again and again: never 409"),
    Item("8/S2:805", SHALL, "without a card's uuid there is no feedback: ours have one"),
    Item("8/GOOD/answer", GOOD, "200 with an empty object"),
    Item("8/GOOD/unknown", GOOD, "a card that is not on record is no error"),
    Item("8/S2:790", SHALL, "a client authenticates as for any call; aud is the feedback URL"),
    Item("8/EPIC/batch", CLIENT, "/feedback is appended to the service's URL, and feedback comes in batches"),
    Item("8/GOOD/comment", GOOD, "what a clinician wrote is in no log and no answer"),
    # --- 9. Security --------------------------------------------------------------------------------------------------
    Item("9/S2:896", SHALL, "a token in Authorization: Bearer with every call"),
    Item("9/S2:908", SHALL, "header: alg, kid and typ JWT"),
    Item("9/S2:915", SHALL, "claims: iss, aud, exp, iat, jti"),
    Item("9/S2:924", SHALL, "tenant is optional, and checked"),
    Item("9/S2:928", SHALL, "aud is the URL of the endpoint called, alone or in an array"),
    Item("9/S2:938", SHALL, "neither alg none nor a symmetric one"),
    Item("9/S2:944", SHOULD, "ES384 and RS384"),
    Item("9/EPIC/token", CLIENT, "RS384, iss is the FHIR base, sub, nbf five minutes ago, aud as it was typed in"),
    Item("9/CERNER/issuer", CLIENT, "iss is https://cds-hooks.cerner.com"),
    Item("9/MELD/audience", CLIENT, 'aud is "sand_man"'),
    Item("9/BP/order", GOOD, "iss, aud, times, tenant, signature, jti; the answer is a bare 401"),
    Item("9/BP/replay", GOOD, "a jti counts once"),
    Item("9/BP/secret", GOOD, "tokens are neither logged nor stored"),
    Item("9/S2:926", SHALL, "jku is listed before it is fetched, and bound to iss"),
    Item("9/S2:930", SHALL, "keys are rotated"),
    Item("9/GOOD/jku", GOOD, "where keys are given out of band, jku is passed over"),
    Item("9/GOOD/host", GOOD, "the audience comes from the public URL, not from Host"),
    Item("9/S3:vector", SHALL, "the token of the text verifies, and has expired"),
    Item("9/S2:1009", SHALL, "CORS on all endpoints, errors too; no credentials with *"),
    Item("9/S2:891", GOOD, "mutual TLS may take the place of tokens", "the proxy that ends TLS does it"),
    Item("9/S3:1289", SHOULD, "what is sensitive needs authentication: it does not start open to others"),
    Item("9/S3:1319", SHOULD, "trusted iss and jku are on a list"),
    Item("9/BP/phi", GOOD, "nothing of a patient in logs and URLs"),
    Item("9/BP/audit", GOOD, "issuer, tenant, jti, hookInstance and card uuids can be found again"),
    # --- 10. Timing ---------------------------------------------------------------------------------------------------
    Item("10/S2:199", SHOULD, "an answer on the order of 500 ms"),
    Item("10/CQF/timeout", GOOD, "questions to a FHIR server have a timeout of their own, and run in parallel"),
    Item("10/GOOD/budget", GOOD, "when time is over: what is known, as needs review; 412 where that is nothing"),
    # --- 11. Extensions -----------------------------------------------------------------------------------------------
    Item("11/S2:1025", SHALL, "an extension of ours is an object with reverse-domain keys"),
    Item("11/HEALTHCHAIN", CLIENT, "extension is a list"),
    # --- 12. Hooks ----------------------------------------------------------------------------------------------------
    Item("12/LIB/patient-view", SHALL, "userId of four types, patientId, encounterId or none"),
    Item("12/LIB/encounter-start", SHALL, "userId, patientId, encounterId"),
    Item("12/LIB/others", GOOD, "the other hooks of the library are refused clearly"),
    # --- 13. What better services do ----------------------------------------------------------------------------------
    Item("13/AHRQ/crash", GOOD, "prefetch absent, or a key null, ends no process"),
    Item("13/AHRQ/log", GOOD, "cards and feedback are kept"),
    Item("13/HAPI/paging", GOOD, "a prefetch of several pages is read"),
)  # fmt: skip
