import { countsOverHttp } from '../../e2e/cases/counting.ts'
import { context } from '../../e2e/cases/interactive.ts'
import { cases } from '../../e2e/cases.ts'
import { caseNamed, type Row, withChecks } from '../row.ts'

/** Requests other than a plain turn: searches, schemas, counts, long prompts. */

const named = (name: string) => caseNamed(cases, name)

export const webSearchRow: Row = {
  id: 'web_search',
  name: 'Web search',
  group: 'published',
  what: 'Searches with a provider on this machine: title and address reach the answer, and one search is counted.',
  cases: () => [
    withChecks(
      named('WebSearch over nexus, with the printed line'),
      'the request for the search is sent twice: without and with the results',
    ),
  ],
}

export const structuredOutputRow: Row = {
  id: 'structured_outputs',
  name: 'Structured outputs',
  group: 'published',
  what: 'Asks for JSON with `--json-schema`: the output has the values of the schema.',
  cases: () => [
    withChecks(
      named('structured output by --json-schema'),
      "the request has the schema's properties",
      'each request begins with the one before it',
    ),
  ],
}

export const countTokensRow: Row = {
  id: 'count_tokens',
  name: 'Count tokens',
  group: 'published',
  what: 'Shows `/context`, and counts over HTTP: counts add up, and 20 at once take less than 500 ms.',
  cases: ({ nexus }) => {
    const counter = nexus === 'poor' ? 'the estimate' : 'AI Nexus'
    const check =
      nexus === 'poor'
        ? 'Nexus gets at most one request for a count'
        : 'Nexus gets the counts, and answers each of them'
    return [context(counter), countsOverHttp(counter)].map((test) =>
      withChecks(test, check, 'no request for an answer replaces a count'),
    )
  },
}

export const longContextRow: Row = {
  id: 'long_context_1m',
  name: 'Long context, 1M tokens',
  group: 'published',
  what: 'Sends a prompt of 300,000 tokens to `claude-opus-4-6[1m]`, and continues without compaction.',
  notApplicable: ({ nexus }) =>
    nexus === 'poor' ? 'this Nexus refuses the beta flag that a context window of a million tokens needs' : undefined,
  cases: () => [
    withChecks(
      named('a conversation of 300,000 tokens, in a context window of a million'),
      'both requests have the beta flag and the whole text',
      'the second one begins with the first one',
    ),
  ],
}

export const systemRoleRow: Row = {
  id: 'first_request_system_role',
  name: 'System messages among the others',
  group: 'ours',
  what: 'Uses a model newer than those of Nexus: the client sends messages with the role `system` from the first request on.',
  cases: () => [
    withChecks(
      named('a model newer than those of Nexus, with system messages among the others'),
      'each request goes to a model that Nexus has',
      'the texts of system messages stay after the prompt',
      'each request begins with the one before it',
    ),
  ],
}
