import assert from 'node:assert/strict'
import type { SimulatedRequest } from '../../../src/simulator/reply.ts'
import type { Case } from '../case.ts'
import { isConversation, turns } from '../conversation.ts'

/** The list of models that the client shows. */

const served = ['Opus 4.6', 'Sonnet 4.6', 'Haiku 4.5'] as const

/** `Opus 4.6` and `claude-opus-4-6` are the same model. */
const modelsOn = (screen: string): Set<string> =>
  new Set(
    [...screen.matchAll(/\b(opus|sonnet|haiku|fable|mythos)[ -](\d+)[.-](\d+)\b/gi)].map(
      ([, family = '', major, minor]) =>
        `${family.charAt(0).toUpperCase()}${family.slice(1).toLowerCase()} ${major}.${minor}`,
    ),
  )

const picker = (launch: 'line' | 'claude'): Case => ({
  name: `the list of /model has the models of Nexus alone, ${launch === 'line' ? 'by the printed line' : 'in one step'}`,
  setup: () => ({ launch, scenario: turns([{ text: 'Good day.' }]) }),
  async play(session) {
    await using terminal = await session.terminal()
    await terminal.says('/model')
    await terminal.shows(/Select model[\s\S]*Haiku[\s\S]*Esc/)
    assert.deepEqual(modelsOn(terminal.text()), new Set(served))
    await terminal.accepts(/Select model/)
    await terminal.says('hello')
    await terminal.shows(/● Good day/)
    const [first] = session.journal.filter(({ body }) => isConversation(body as SimulatedRequest['body']))
    assert.equal(first?.modelId, 'claude-sonnet-4.6')
    // The window that the client assumes is that of the model.
    await terminal.says('/context')
    await terminal.shows(/[\d.]+k\/200k\b/)
  },
})

export const pickerCases: readonly Case[] = [picker('line'), picker('claude')]
