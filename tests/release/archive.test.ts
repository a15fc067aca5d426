import { describe, expect, test } from 'bun:test'
import { gunzipSync, unzipSync } from 'fflate'
import { parseTar } from 'nanotar'
import { type Entry, textEntry, toAr, toGzip, toTar, toTarGz, toZip } from '../../scripts/release/archive.ts'

const seconds = 1_700_000_000
const entries: readonly Entry[] = [
  textEntry('top/man/page.1', '.TH PAGE\n'),
  { ...textEntry('top/program', 'program'), isProgram: true },
  textEntry('top/LICENSE', ''),
]

const listed = (archive: Uint8Array) =>
  parseTar(new Uint8Array(archive).buffer).map(({ name, type, attrs }) => ({ name, type, ...attrs }))

describe('archives', () => {
  const owned = { uid: 0, gid: 0, user: 'root', group: 'root', mtime: seconds }
  const folder = { type: 'directory' as const, mode: '0000755', ...owned }
  const file = { type: 'file' as const, mode: '0000644', ...owned }

  test('a tar has its folders, its entries in order, and no user or group', () => {
    expect(listed(toTar(entries, seconds))).toEqual([
      { name: 'top/', ...folder },
      { name: 'top/LICENSE', ...file },
      { name: 'top/man/', ...folder },
      { name: 'top/man/page.1', ...file },
      { name: 'top/program', ...file, mode: '0000755' },
    ])
    expect(listed(toTar(entries, seconds, './')).map(({ name }) => name)).toEqual([
      './',
      './top/',
      './top/LICENSE',
      './top/man/',
      './top/man/page.1',
      './top/program',
    ])
  })

  test('a tar of any length ends with two empty blocks', () => {
    const blocks = Array.from({ length: 25 }, (_, count) => toTar([textEntry('a', 'x'.repeat(512 * count))], seconds))
    for (const tar of blocks) {
      expect(tar.length % 512).toBe(0)
      expect(tar.subarray(-1024).every((byte) => byte === 0)).toBe(true)
    }
  })

  test('a name that a tar would cut is an error', () => {
    expect(() => toTar([textEntry('a'.repeat(101), '')], seconds)).toThrow('too long')
  })

  test('the gzip header has no name and no time', () => {
    const zipped = toGzip(new TextEncoder().encode('words'))
    expect([...zipped.subarray(0, 8)]).toEqual([31, 139, 8, 0, 0, 0, 0, 0])
    expect(new TextDecoder().decode(gunzipSync(zipped))).toBe('words')
  })

  test('the same entries give the same bytes, in any order and any time zone', () => {
    const reversed = [...entries].reverse()
    const zone = process.env['TZ']
    const inZone = (name: string): Uint8Array => {
      process.env['TZ'] = name
      return toZip(entries, seconds)
    }
    try {
      expect(inZone('Pacific/Kiritimati')).toEqual(inZone('America/Los_Angeles'))
    } finally {
      process.env['TZ'] = zone ?? ''
      if (zone === undefined) delete process.env['TZ']
    }
    expect(toZip(reversed, seconds)).toEqual(toZip(entries, seconds))
    expect(toTarGz(reversed, seconds)).toEqual(toTarGz(entries, seconds))
  })

  test('a zip holds the entries, with their modes', () => {
    const zip = toZip(entries, seconds)
    expect(Object.keys(unzipSync(zip))).toEqual(['top/LICENSE', 'top/man/page.1', 'top/program'])
    const bytes = Buffer.from(zip)
    const central = bytes.lastIndexOf('PK\x01\x02')
    // The last entry of the directory: made on Unix, with its mode.
    expect([bytes[central + 5], bytes.readUInt16LE(central + 40).toString(8)]).toEqual([3, '100755'])
  })

  test('an ar archive pads its parts to even offsets', () => {
    const ar = Buffer.from(toAr([textEntry('odd', 'abc'), textEntry('even', 'abcd')], seconds)).toString()
    expect(ar).toBe(
      [
        '!<arch>\n',
        'odd             1700000000  0     0     100644  3         `\nabc\n',
        'even            1700000000  0     0     100644  4         `\nabcd',
      ].join(''),
    )
  })
})
