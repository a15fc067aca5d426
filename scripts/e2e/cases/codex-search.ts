import assert from 'node:assert/strict'
import { type SearchServer, searchEnvironment, startSearchServer } from '../../support/search-server.ts'
import { bodies, type Case } from '../case.ts'
import { codexPrompt, codexSays, itemsOfType, quietCodex } from '../codex.ts'
import { assertGrowing, resultsIn, toolUsesIn, turns } from '../conversation.ts'
import { codex, shell } from './codex.ts'

/** Codex's web search, which the server runs (OE-R26). */

const searching = (): Case => {
  let server: SearchServer | undefined
  return codex('a web search in one step, whose results the model still has after its next call', {
    setup() {
      server = startSearchServer('ferry', ['results'])
      return {
        launch: 'codex command',
        configuration: quietCodex,
        environment: searchEnvironment(server),
        scenario: turns(
          [{ text: 'Searching.' }, { tool: 'web_search', input: { query: 'ferry timetable' } }],
          [{ text: 'Found.' }, shell('echo from-the-shell')],
          [{ text: 'The ferry leaves at noon.' }],
        ),
      }
    },
    async play(session) {
      try {
        const run = await session.headless(codexPrompt('when does it leave?'))
        codexSays(run, 'The ferry leaves at noon')
        assert.deepEqual(server?.queries, ['ferry timetable'])
        assert.deepEqual(
          itemsOfType(run, 'web_search').map(({ query }) => query),
          ['ferry timetable'],
        )
        const sent = bodies(session)
        const last = sent.at(-1)
        assert.ok(last)
        assert.deepEqual(toolUsesIn(last), ['web_search', 'exec_command'])
        assert.match(JSON.stringify(resultsIn(last)[0]), /result-0\.example/)
        assertGrowing(sent)
      } finally {
        await server?.stop()
      }
    },
  })
}

export const codexSearchCases: readonly Case[] = [searching()]
