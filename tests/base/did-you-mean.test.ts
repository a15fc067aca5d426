import { expect, test } from 'bun:test'
import { didYouMean } from '../../src/base/did-you-mean.ts'

test.each([
  ['--prot', ['--port', '--model'], ' Did you mean --port?'],
  ['--modle', ['--port', '--model'], ' Did you mean --model?'],
  ['strat', ['start', 'simulate'], ' Did you mean start?'],
  ['sim', ['start', 'simulate'], ' Did you mean simulate?'],
  ['--xyzzy', ['--port'], ''],
  // Similar means a typing error, not an equal length.
  ['foo', ['set', 'get', 'unset', 'show', 'path', 'list', 'edit'], ''],
  ['gte', ['set', 'get', 'unset'], ' Did you mean get?'],
  ['sett', ['set', 'get', 'unset'], ' Did you mean set?'],
  ['', ['set', 'sonnet'], ''],
  ['s', ['set', 'sonnet'], ''],
])('%s of %p', (word, known, expected) => {
  expect(didYouMean(word, known)).toBe(expected)
})
