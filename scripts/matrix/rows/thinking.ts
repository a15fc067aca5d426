import { resumed, thinkingInTwoTurns } from '../../e2e/cases/history.ts'
import { cases } from '../../e2e/cases.ts'
import { type Column, caseNamed, matrixModels, type Row, withChecks } from '../row.ts'

/** Thinking, whose signatures must come back byte for byte. */

/** Haiku 4.5 has only thinking with a budget, and so have all models of a poor Nexus. */
const typeFor = (model: string, { nexus }: Column): 'adaptive' | 'enabled' =>
  nexus === 'poor' || model.includes('haiku') ? 'enabled' : 'adaptive'

export const thinkingRow: Row = {
  id: 'thinking',
  name: 'Thinking',
  group: 'published',
  what: 'Continues a session with thinking: the signature comes back byte for byte.',
  cases: (column) =>
    matrixModels.map((model) => {
      const type = typeFor(model, column)
      return withChecks(
        thinkingInTwoTurns(model, type),
        `both requests ask for thinking of the type \`${type}\``,
        'the second one has the text and the signature of the first turn unchanged, before its text',
        'the second one begins with the first one',
      )
    }),
}

export const thinkingWithToolsRow: Row = {
  id: 'thinking_with_tool_use',
  name: 'Thinking with tool use',
  group: 'published',
  what: 'Thinks, runs a tool, thinks again and answers; then another process continues the session.',
  cases: () =>
    matrixModels.map((model) =>
      withChecks(
        resumed(model),
        'the last request has both signatures unchanged, one of them without its text',
        'its blocks have the order of the answers',
        'it begins with the request before it',
      ),
    ),
}

export const otherModelRow: Row = {
  id: 'resume_other_model',
  name: 'Resume with another model',
  group: 'ours',
  what: 'Continues a session of Opus with Haiku, and then with Opus again.',
  cases: () => [
    withChecks(
      caseNamed(cases, 'a session with thinking by Opus, resumed with Haiku and then with Opus again'),
      'each request goes to the right model, which accepts the signatures in it',
      'the last request has the texts of all turns, and a signature of Opus',
    ),
  ],
}
