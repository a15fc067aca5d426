import { describe, expect, test } from 'bun:test'
import type { ChatDialect } from '../../../src/translate/capabilities/chat-dialect.ts'
import { chatMessages } from '../../support/chat-request.ts'
import { assistant, toolResult, toolUse, user } from '../../support/translate.ts'

const idsOf = (id: string, ids: ChatDialect['ids']): string[] => {
  const messages = chatMessages([user('a'), assistant(toolUse(id)), user(toolResult(id))], { dialect: { ids } })
  return messages.flatMap((message) => {
    if (message.role === 'tool') return [message.tool_call_id]
    return message.role === 'assistant' ? (message.tool_calls ?? []).map((call) => call.id) : []
  })
}

describe('ids of tool calls', () => {
  test.each(['toolu_01A09q90qw90lq917835lq9', 'call_0', 'x'.repeat(40), 'a-b'])('%p stays (OU-Q58)', (id) => {
    expect(idsOf(id, 'upTo40')).toEqual([id, id])
  })

  test.each(['x'.repeat(41), 'functions.Bash:0', 'ü', 'toolu_'.repeat(20)])(
    '%p becomes at most 40 valid characters, for call and result alike (OU-Q58)',
    (id) => {
      const [call, result] = idsOf(id, 'upTo40')
      expect(call).toMatch(/^[A-Za-z0-9_-]{0,31}_[0-9a-f]{8}$/)
      expect(result).toBe(call as string)
      expect(idsOf(id, 'upTo40')).toEqual([call, result] as string[])
    },
  )

  test('have nine letters and digits if the provider requires it (OU-Q58)', () => {
    const ids = ['toolu_01A09q90qw90lq917835lq9', 'toolu_01A09q90qw90lq917835lq8', 'call_0']
    const short = ids.map((id) => idsOf(id, 'exactly9'))
    for (const [call, result] of short) {
      expect(call).toMatch(/^[A-Za-z0-9]{9}$/)
      expect(result).toBe(call as string)
    }
    expect(new Set(short.map(([call]) => call)).size).toBe(3)
    expect(idsOf('D681PevKs', 'exactly9')).toEqual(['D681PevKs', 'D681PevKs'])
  })
})
