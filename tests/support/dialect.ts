/** Words that hide who acts, or that many readers must look up. CONTRIBUTING.md requires plain English. */

interface Row {
  readonly pattern: RegExp
  /** The plain replacement, for the failure message. */
  readonly write: string
}

const rows: readonly Row[] = [
  { pattern: /\b[Ww]ho(?:so)?ever\b/, write: 'a client, a caller, any user' },
  { pattern: /\b[Nn]obody\b|\b[Nn]o one\b/, write: '"no client", "no user", or an active sentence' },
  { pattern: /\b(?:[Ss]ome|[Aa]ny|[Ee]very)(?:body|one)\b/, write: 'a client, a user, another process, every user' },
  { pattern: /\bwhom\b/i, write: 'a sentence with a named subject' },
  { pattern: /\bstrangers?\b/i, write: 'third party, another user' },
  {
    pattern:
      /\b(?:whither|whence|hither|thereof|therein|wherein|whereby|whereof|hereby|lest|nought|albeit|upon|ere|nay|wherefore|shall)\b/i,
    write: 'modern words: where, in it, so that, on, must',
  },
  { pattern: /\banew\b|\bafresh\b/i, write: 'again, from the start' },
  { pattern: /\bbeside\b/i, write: 'next to, with, in addition to' },
  { pattern: /lawful/i, write: 'valid' },
  { pattern: /(?:(?<![A-Za-z.])mend|Mend)(?:s|ed|ing|able)?(?![a-z])/, write: 'fix, repair, resend' },
  { pattern: /\b(?:heard|hears)\b|\bhear (?:of|about|how|why)\b/i, write: 'receive, notice, get' },
  { pattern: /\btold\b/i, write: 'report, print, know, or an active sentence with "tell"' },
  { pattern: /\btells? of\b|\btells (?:whether|who|what|how)\b/i, write: 'report, print, say' },
  { pattern: /\basked\b/i, write: 'requested, required, prompted' },
  { pattern: /\bwish(?:es|ed)?\b/i, write: 'want, request' },
  { pattern: /patience/i, write: 'timeout' },
  { pattern: /\bholes?\b/i, write: 'vulnerability, gap' },
  { pattern: /\bsake\b/i, write: 'for, because' },
  { pattern: /\b(?:comes?|came) about\b/i, write: 'happens, is established' },
  { pattern: /\bgo(?:es)? along\b/i, write: 'is sent with' },
  {
    pattern:
      /\b(?:stands?|stood) (?:in(?! for\b)|at|on|there|here|behind|before|between|under|above|alone|by|below|first|last|open)\b/i,
    write: 'is, comes before, comes after',
  },
  { pattern: /\b(?:lies|lay) (?:in|at|on|there|here|behind|under|below|between|next)\b/i, write: 'is, is stored' },
  {
    pattern:
      /\b(?:that|which|who|what|it) (?:is|are) no (?!longer\b|more\b|less\b|fewer\b|different\b|better\b|later\b|earlier\b|worse\b|problem\b|use\b)\w+/i,
    write: '"is not a"',
  },
  { pattern: /\b(?:that|which|who|what|it) (?:is|are) none\b/i, write: '"is not a", "is invalid"' },
  { pattern: /\b(?:whatever|whichever) (?:is|was|comes|came|goes|else)\b/i, write: 'any, all, each' },
  {
    pattern: /\bown (?:affair|business|matter)\b|\b(?:is|are) (?:its|their|the client's|Claude Code's) own(?=[.,;)])/i,
    write: 'belongs to, decides',
  },
  {
    pattern:
      /\b(?:rooms|doors|stor(?:y|ies) of|rumou?rs?|quarrel\w*|befall\w*|forebear\w*|errands?|wanderings?|dwell\w*)\b/i,
    write: 'the technical term instead of a picture',
  },
  {
    pattern: /\b(?:in vain|must needs|of its own accord|by and by|on pain of|no matter who)\b/i,
    write: 'modern words: without success, must, itself',
  },
]

const searches = rows.map(({ pattern, write }) => ({ pattern: new RegExp(pattern, `${pattern.flags}g`), write }))

/** Lines like `docs/a.md:7: "whoever": write a client, a caller, any user`. */
export const dialectIn = (name: string, text: string): string[] =>
  text
    .split('\n')
    .flatMap((line, index) =>
      searches.flatMap(({ pattern, write }) =>
        Array.from(line.matchAll(pattern), ([found]) => `${name}:${index + 1}: "${found}": write ${write}`),
      ),
    )
