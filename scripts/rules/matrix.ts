import { section } from './rule.ts'

/** Rules for the compatibility matrix. */
export const matrixRules = section(
  {
    C1: 'three versions of Claude Code: the oldest, the newest on npm, and one between',
    C2: 'what a version cannot have is not applicable, with the reason',
    C3: 'three simulated servers: lenient, strict, poor',
    C4: 'rows that depend on the model pass with all models',
    C5: 'five states; healed is not passed',
    R1: 'one command with few flags, without a key',
    R2: 'each case has its own home; a request to another machine fails the cell',
    R3: 'a failed cell is repeated once, and shown as flaky',
    R4: 'two jobs by default, in at most an hour',
    R5: 'the run writes the JSON, the page and the badge',
    R6: 'the badge counts the published rows on the newest version and the strict server',
    R7: 'the page is made by the run alone, and is not old at a release',
    R8: '--check names each cell that got worse',
    R9: 'an error is one short line without secrets',
    R10: 'a scheduled run opens an issue, and pushes nothing',
    R11: 'every case says what it checked in the captured request',
    D1: 'doctor --matrix says what it costs, and asks',
    D2: 'request shapes of three versions, without Claude Code',
    D3: 'a row for each capability of a server',
    D4: 'what needs a simulator is not tested',
    D5: 'the run stops at refused keys and limits, and prints what it has',
    D6: 'the simulator and your server side by side, with the server words',
    D7: 'JSON that can be sent to maintainers',
    D8: 'it learns only with --learn',
    D9: 'it excludes --offline',
  },
  'MX-',
)
