import { section } from './rule.ts'

/** Rules for the audit of the prompt cache, and for its lifetimes: one array for each part of the specification. */

const fingerprints = section(
  {
    F1: 'each translated unit has a hash, its kind and its tokens; no text is kept',
    F2: 'a second hash of what the client sent leaves out what does not reach the prompt',
    F3: 'it runs behind the answer, within limits of CPU',
    F4: 'hashes never leave memory, and each start has its own seed',
    S1: 'the key is the session, its agent and the model',
    S2: 'keys and units have limits; the oldest key goes first',
    S3: 'the last 512 answers are found by their ids',
    S4: 'off costs nothing',
  },
  'CA-',
)

const classes = section(
  {
    C1: 'the expected tokens reach up to the last cache point with equal units before it',
    C2: 'below the minimum of the model nothing is expected',
    C3: 'a hit reads nearly all expected tokens',
    C4: 'the first request, and the first one of a new conversation, are cold',
    C5: 'each miss has the first class that fits',
    C6: 'the gap is measured from the end of the last request with this prefix',
    C7: 'parallel requests are never an alarm',
    C8: 'missed tokens, and their cost where prices are known',
    A1: 'a fault of the translation is one warning per session and kind, without content',
    A2: 'counted in /health, in doctor and in a metric',
    A3: 'a fault of the translation fails tests',
    A4: 'each prefix of a conversation has the same units and points',
    A5: 'an injected fault of the translation is named within one turn',
    A6: 'known changes of the translation have a class of their own',
  },
  'CA-',
)

const surfaces = section(
  {
    L1: "a miss is one word in the terminal's line",
    L2: 'the JSON line has class, expected and missed tokens, and reach',
    U1: 'usage --cache shows what misses cost, from the history or the running server',
    U2: 'it compares lifetimes by the real gaps, if there are enough',
    D1: 'requested diagnostics are in message_start',
    D2: 'no, unknown and unchanged previous messages',
    D3: 'classes become the four types of the API, and otherwise unavailable',
    D4: 'an invalid value is refused with its path',
    D5: 'an answer has no diagnostics that the request does not ask for',
    D6: 'diagnostics never reach the upstream',
  },
  'CA-',
)

const lifetimes = section(
  {
    '1': 'one setting with four values; by default the client decides',
    '2': 'one hour sets variables at a launch, only for a model that supports it',
    '3': "other values set none, and the user's own stay",
    '4': 'the setting changes the lifetime of markers, with a note',
    '5': 'a refused lifetime becomes five minutes from then on',
    '6': 'usage by lifetime follows what was sent',
    '7': 'a measured loss leads to advice, and to no change',
    '8': 'no choice by marker, no calls to keep a cache, no gaps kept across starts',
  },
  'CA-T',
)

export const cacheAuditRules = [...fingerprints, ...classes, ...surfaces, ...lifetimes]
