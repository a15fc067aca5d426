import { describe, expect, test } from 'bun:test'
import { createHash } from 'node:crypto'
import { readCodeSignature } from '../../scripts/release/macho.ts'
import { readExecutable } from '../../scripts/release/pe.ts'

const pageBits = 12
const pageBytes = 2 ** pageBits

const sha256 = (bytes: Buffer): Buffer => createHash('sha256').update(bytes).digest()

const uint32 = (...values: number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 4)
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, index * 4)
  return bytes
}

/** A directory of version 2.2: a header of 52 bytes, one unused special slot, a slot for each page. */
const directoryOf = (code: Buffer, entitlements: Buffer): Buffer => {
  const pages = Math.ceil(code.length / pageBytes)
  const special = [Buffer.alloc(0), Buffer.alloc(0), Buffer.alloc(0), Buffer.alloc(0), entitlements]
  const specialHashes = special.map((bytes) => (bytes.length === 0 ? Buffer.alloc(32) : sha256(bytes))).reverse()
  const hashes = Array.from({ length: pages }, (_, page) =>
    sha256(code.subarray(page * pageBytes, (page + 1) * pageBytes)),
  )
  const hashOffset = 52 + special.length * 32
  const length = hashOffset + hashes.length * 32
  const head = uint32(0xfade0c02, length, 0x20200, 0x2, hashOffset, 0, special.length, pages, code.length)
  return Buffer.concat([head, Buffer.from([32, 2, 0, pageBits]), Buffer.alloc(12), ...specialHashes, ...hashes])
}

/** The smallest signed file: a header, the one command that locates the signature, and two and a half pages. */
const signedFile = (change: (code: Buffer) => void = () => {}): Buffer => {
  const code = Buffer.alloc(pageBytes * 2 + pageBytes / 2, 7)
  code.writeUInt32LE(0xfeedfacf, 0)
  code.writeUInt32LE(0x0100000c, 4)
  code.writeUInt32LE(1, 16)
  code.writeUInt32LE(0x1d, 32)
  code.writeUInt32LE(16, 36)
  code.writeUInt32LE(code.length, 40)
  const entitlements = Buffer.concat([uint32(0xfade7171, 12), Buffer.from('true')])
  const directory = directoryOf(code, entitlements)
  const first = 12 + 2 * 8
  const signature = Buffer.concat([
    uint32(0xfade0cc0, first + directory.length + entitlements.length, 2, 0, first, 5, first + directory.length),
    directory,
    entitlements,
  ])
  code.writeUInt32LE(signature.length, 44)
  // The command contains the length of the signature, so its page is signed again.
  const again = Buffer.concat([signature.subarray(0, first), directoryOf(code, entitlements), entitlements])
  change(code)
  return Buffer.concat([code, again])
}

describe('the signature of an Apple executable', () => {
  test('is valid if every page has its signed hash', () => {
    expect(readCodeSignature(signedFile())).toEqual({
      arch: 'arm64',
      version: 0x20200,
      flags: 2,
      isAdHoc: true,
      isHardened: false,
      hash: 'sha256',
      pageBytes,
      pages: 3,
      codeLimit: pageBytes * 2.5,
      faults: [],
    })
  })

  test.each([[100], [pageBytes], [pageBytes * 2.5 - 1]])('is invalid after a change of one byte, at %p', (place) => {
    const file = signedFile((code) => {
      code.writeUInt8(8, place)
    })
    expect(readCodeSignature(file)?.faults).toEqual(['1 of 3 pages do not match their signed hashes'])
  })

  test('is invalid after a change of an entitlement', () => {
    const file = signedFile()
    file.writeUInt8(0, file.length - 1)
    expect(readCodeSignature(file)?.faults).toEqual(['part 5 of the signature does not match its signed hash'])
  })

  test('is invalid if there are bytes between the signed ones and the signature', () => {
    const whole = signedFile()
    const limit = pageBytes * 2.5
    const file = Buffer.concat([whole.subarray(0, limit), Buffer.alloc(16), whole.subarray(limit)])
    file.writeUInt32LE(limit + 16, 40)
    expect(readCodeSignature(file)?.faults[0]).toBe(`${limit} bytes are signed, but the file has ${limit + 16}`)
  })

  test('is undefined for an unsigned file, and another kind of file is an error', () => {
    const bare = signedFile()
    bare.writeUInt32LE(0x1b, 32)
    expect(readCodeSignature(bare)).toBeUndefined()
    expect(() => readCodeSignature(Buffer.alloc(4096))).toThrow('not a Mach-O')
  })
})

describe('an executable of Windows', () => {
  test('another kind of file is an error, and so is an incomplete one', () => {
    const torn = Buffer.alloc(128)
    torn.write('MZ')
    torn.writeUInt32LE(120, 0x3c)
    for (const file of [Buffer.alloc(0), Buffer.alloc(4096), torn])
      expect(() => readExecutable(file)).toThrow('not a 64-bit executable of Windows')
  })
})
