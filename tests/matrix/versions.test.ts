import { describe, expect, test } from 'bun:test'
import { chooseVersions, type Installed, middleOf, type Registry } from '../../scripts/matrix/versions.ts'
import { testedClaudeVersions } from '../../src/cli/claude-code/tested-versions.ts'

const published = ['2.1.196', '2.1.197', '2.1.263', '2.1.265', '2.1.300', '2.1.331', '2.1.332']

const npm: Registry = {
  latest: async () => '2.1.332',
  published: async () => published,
  integrity: async (version) => ({ 'claude-code': `sha512-${version}` }),
}
const fails = (): Promise<never> => Promise.reject(new Error('ConnectionRefused'))
const offline: Registry = { latest: fails, published: fails, integrity: fails }

const installed: Installed = { oldest: '2.1.197', newestKnown: '2.1.331', versions: ['2.1.197', '2.1.300', '2.1.331'] }

describe('the versions of a run (MX-C1)', () => {
  test('are the oldest supported, the one nearest to the mean, and npm latest, with their hashes', async () => {
    expect(await chooseVersions([], npm, installed)).toEqual({
      isOnline: true,
      versions: [
        { version: '2.1.197', role: 'oldest', integrity: { 'claude-code': 'sha512-2.1.197' } },
        { version: '2.1.265', role: 'middle', integrity: { 'claude-code': 'sha512-2.1.265' } },
        { version: '2.1.332', role: 'newest', integrity: { 'claude-code': 'sha512-2.1.332' } },
      ],
    })
  })

  test('begin with the oldest version of e2e', () => {
    expect(testedClaudeVersions[0]).toBe('2.1.197')
  })

  test('have the older one of two in the middle, and also across a new minor version', () => {
    expect(middleOf('2.1.1', '2.1.4', ['2.1.2', '2.1.3'])).toBe('2.1.2')
    expect(middleOf('2.1.300', '2.2.10', ['2.1.300', '2.1.332', '2.2.4', '2.2.10'])).toBe('2.1.332')
    expect(middleOf('2.1.1', '2.1.2', ['2.1.1', '2.1.2'])).toBeUndefined()
  })

  test('can be chosen, in any order and each once', async () => {
    const { versions } = await chooseVersions(['newest', '2.1.300', '2.1.332'], npm, installed)
    expect(versions.map(({ version, role }) => [version, role])).toEqual([
      ['2.1.300', 'chosen'],
      ['2.1.332', 'chosen'],
    ])
  })

  test('that are not published are refused with the nearest one', async () => {
    await expect(chooseVersions(['2.1.310'], npm, installed)).rejects.toThrow(
      'Claude Code 2.1.310 is not published. The nearest version: 2.1.300',
    )
  })

  test('are those of this machine without npm', async () => {
    const { versions, isOnline } = await chooseVersions([], offline, installed)
    expect([versions.map(({ version }) => version), isOnline]).toEqual([['2.1.197', '2.1.300', '2.1.331'], false])
    expect((await chooseVersions(['newest'], offline, installed)).versions.map(({ version }) => version)).toEqual([
      '2.1.331',
    ])
  })
})
