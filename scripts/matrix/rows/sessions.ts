import { cases } from '../../e2e/cases.ts'
import { caseNamed, type Row, withChecks } from '../row.ts'

/** Conversations of more than one turn or agent. */

const named = (name: string) => caseNamed(cases, name)

export const subagentRow: Row = {
  id: 'subagent',
  name: 'Sub-agent',
  group: 'ours',
  what: 'Starts an agent that runs a command.',
  cases: () => [
    withChecks(
      named('a sub-agent that runs a command'),
      'there are two conversations, each of which only grows',
      'each turn has a cache point at its end',
      "the prompt cache's audit counts two conversations, by the agent's id in a header",
    ),
  ],
}

export const interruptRow: Row = {
  id: 'interrupt',
  name: 'Interrupt',
  group: 'ours',
  what: 'Presses Escape in mid-answer, in a terminal; the next turn works.',
  cases: () => [
    withChecks(
      named('an interrupted answer, in a terminal'),
      "Nexus's call ends within a second",
      'the next request begins with the first one, and has the partial answer',
    ),
  ],
}
