import assert from 'node:assert/strict'
import { queriesOf } from '../../support/search-server.ts'
import { bodies, type Case } from '../case.ts'
import { codexPrompt, codexSays, itemsOfType, quietCodex } from '../codex.ts'
import { assertGrowing, resultsIn, toolUsesIn, turns } from '../conversation.ts'
import { codex, shell } from './codex.ts'

/** Codex's web search, which the server runs (OE-R26). */

const query = 'ferry timetable'
const found = { title: 'Ferry timetable', url: 'https://ferry.example/timetable', snippet: 'It leaves at 7:45.' }

export const codexSearchCases: readonly Case[] = [
  codex('a web search in one step, whose results the model still has after its next call', {
    setup: () => ({
      launch: 'codex command',
      configuration: quietCodex,
      search: { results: [found] },
      scenario: turns(
        [{ text: 'Searching.' }, { tool: 'web_search', input: { query } }],
        [{ text: 'Found.' }, shell('echo from-the-shell')],
        [{ text: 'The ferry leaves at 7:45.' }],
      ),
    }),
    async play(session) {
      const run = await session.headless(codexPrompt('when does it leave?'))
      codexSays(run, 'The ferry leaves at 7:45')
      assert.deepEqual(queriesOf(session), [query])
      assert.deepEqual(
        itemsOfType(run, 'web_search').map((item) => item['query']),
        [query],
      )
      const sent = bodies(session)
      const last = sent.at(-1)
      assert.ok(last)
      assert.deepEqual(toolUsesIn(last), ['web_search', 'exec_command'])
      assert.match(JSON.stringify(resultsIn(last)[0]), /ferry\.example/)
      assertGrowing(sent)
    },
  }),
]
