import { expect, test } from 'bun:test'
import { claudeModel } from '../../src/dashboard/names.ts'

test('the name of a Claude model loses what all of them have in common (OP-D2)', () => {
  expect(
    [
      'anthropic.claude-opus-4-5-20251101-v1:0',
      'eu.anthropic.claude-haiku-4-5-20251001-v1:0',
      'claude-sonnet-5',
      'gpt-5.2',
      '<img onerror=x>',
    ].map(claudeModel),
  ).toEqual(['opus-4-5-20251101', 'haiku-4-5-20251001', 'sonnet-5', undefined, undefined])
})
