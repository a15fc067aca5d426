import { readWord } from '../../e2e/cases/tools.ts'
import { cases } from '../../e2e/cases.ts'
import { caseNamed, matrixModels, type Row, withChecks } from '../row.ts'

/** Tools that the client runs. */

const named = (name: string) => caseNamed(cases, name)

export const toolRow: Row = {
  id: 'tool_use',
  name: 'Tool use',
  group: 'published',
  what: 'Reads a file with a random word: the word is in the answer.',
  cases: () =>
    matrixModels.map((model) =>
      withChecks(readWord(model), 'the first request does not have the word', 'the second one has it in a tool result'),
    ),
}

export const toolStreamRow: Row = {
  id: 'tool_use_streaming',
  name: 'Tool use, streaming',
  group: 'published',
  what: 'Writes a file of 20 KB whose text comes in 400 fragments, cut anywhere: the file has the same bytes.',
  cases: () => [
    withChecks(
      named('Write of 20 KB, its input in 400 fragments'),
      'the history repeats the input of the call unchanged',
    ),
  ],
}

export const toolSearchRow: Row = {
  id: 'tool_search',
  name: 'Tool search',
  group: 'published',
  what: 'Uses one of 60 tools of two MCP servers, after a search for it. Older versions need `ENABLE_TOOL_SEARCH=true`.',
  cases: () => [
    withChecks(
      named('tool search among the 60 tools of two MCP servers'),
      'the first request has no tool of the MCP servers',
      'the second one has the wanted tool alone',
      'the third one begins with the second one',
    ),
  ],
}

export const parallelToolsRow: Row = {
  id: 'parallel_tools',
  name: 'Parallel tools, of which one fails',
  group: 'ours',
  what: 'Runs three tools in one turn; one of them fails.',
  cases: () => [
    withChecks(
      named('three tools in parallel, of which one fails'),
      'the second request has three results, one of them an error',
      'each result has the id of its call',
      'the second request begins with the first one',
    ),
  ],
}
