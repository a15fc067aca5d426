import { expect, test } from 'bun:test'
import { printer } from '../../../src/cli/terminal/printer.ts'

const printed = (print: (lines: ReturnType<typeof printer>) => void): string => {
  let text = ''
  print(
    printer({
      err: (part) => {
        text += part
      },
    }),
  )
  return text
}

test('errors and warnings have a prefix, other lines have none', () => {
  const text = printed((lines) => {
    lines.error('The port is in use.')
    lines.warn('the file is open to others')
    lines.success('c.json is valid.')
    lines.fail('not healthy')
    lines.info('first\n  second')
  })
  expect(text).toBe(
    'error: The port is in use.\nwarning: the file is open to others\nc.json is valid.\nnot healthy\nfirst\n  second\n',
  )
})

test('prints a repeated line each time', () => {
  expect(printed((lines) => Array.from({ length: 9 }, () => lines.warn('again')))).toBe('warning: again\n'.repeat(9))
})
