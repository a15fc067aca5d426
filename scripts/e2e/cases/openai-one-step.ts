import assert from 'node:assert/strict'
import { resultTextOf } from '../../../src/simulator/request-view.ts'
import { bodies, type Case } from '../case.ts'
import { codexPrompt, codexSays, itemsOfType, quietCodex } from '../codex.ts'
import { assertGrowing, isConversation, turns } from '../conversation.ts'
import { openCodePrompt, openCodeSays } from '../opencode.ts'
import { codex, oneStep } from './codex.ts'
import { bash, opencode } from './opencode.ts'

/** Codex and opencode, started by our own commands and by the line that the server prints. */

const codexIn = (launch: 'codex command' | 'codex line', words: string): Case =>
  codex(`${words}, with the catalog, and a resumed session`, {
    setup: () => ({
      launch,
      configuration: quietCodex,
      scenario: oneStep,
    }),
    async play(session) {
      const first = await session.headless(codexPrompt('take a step'))
      codexSays(first, 'One step is done')
      assert.deepEqual(itemsOfType(first, 'error'), [])
      const [exec = '', ...rest] = codexPrompt('take another step')
      codexSays(await session.headless([exec, 'resume', '--last', ...rest]), 'One step is done')
      assertGrowing(bodies(session))
    },
  })

const openCodeIn = (launch: 'opencode command' | 'opencode line', words: string): Case =>
  opencode(`${words}, and a resumed session`, {
    setup: () => ({
      launch,
      scenario: turns(
        [{ thinking: 'I run it.' }, { text: 'Running.' }, bash('echo from-the-shell')],
        (request) => [{ text: `The shell said ${resultTextOf(request).trim()}.` }],
        [{ text: 'Still here.' }],
      ),
    }),
    async play(session) {
      openCodeSays(await session.headless(openCodePrompt('run it')), 'The shell said from-the-shell')
      openCodeSays(await session.headless(openCodePrompt('are you there?', '--continue')), 'Still here')
      assertGrowing(bodies(session).filter(isConversation))
    },
  })

export const openAiOneStepCases: readonly Case[] = [
  codexIn('codex command', 'in one step'),
  codexIn('codex line', 'by the printed line'),
  openCodeIn('opencode command', 'in one step'),
  openCodeIn('opencode line', 'by the printed line'),
]
