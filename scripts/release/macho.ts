/**
 * Reads the signature of Apple's executables (Mach-O): its hashes, and whether the bytes match them. macOS kills a
 * program whose pages do not match, without a message. Layouts: <mach-o/loader.h>, and cs_blobs.h of Apple's xnu.
 */

const magic64 = 0xfeedfacf
const headerBytes = 32
const codeSignatureCommand = 0x1d
const architectures: Readonly<Record<number, string>> = { 16777223: 'x64', 16777228: 'arm64' }

const superBlobMagic = 0xfade0cc0
const codeDirectoryMagic = 0xfade0c02
/** Size of a blob's header: its magic and its length. */
const blobHeadBytes = 8
/** Numbers of special slots: requirements, entitlements, the same in DER. */
const hashedBlobs: readonly number[] = [2, 5, 7]
/** From this version, the limit can have 64 bits. */
const longLimitVersion = 0x20300

const hashNames: Readonly<Record<number, string>> = { 1: 'sha1', 2: 'sha256', 3: 'sha256', 4: 'sha384' }

const adHocFlag = 0x2
const hardenedRuntimeFlag = 0x10000

export interface CodeSignature {
  readonly arch: string
  readonly version: number
  readonly flags: number
  /** Without an identity: proves only that the bytes are unchanged. */
  readonly isAdHoc: boolean
  readonly isHardened: boolean
  readonly hash: string
  readonly pageBytes: number
  readonly pages: number
  /** End of the signed bytes, which begin at the start of the file. */
  readonly codeLimit: number
  /** A sentence for each fault; empty for a valid signature. */
  readonly faults: readonly string[]
}

interface ByteRange {
  readonly offset: number
  readonly length: number
}

const signatureRange = (file: Buffer): ByteRange | undefined => {
  const commands = file.readUInt32LE(16)
  let at = headerBytes
  for (let index = 0; index < commands; index += 1) {
    if (file.readUInt32LE(at) === codeSignatureCommand)
      return { offset: file.readUInt32LE(at + 8), length: file.readUInt32LE(at + 12) }
    at += file.readUInt32LE(at + 4)
  }
  return undefined
}

interface Blob {
  readonly type: number
  readonly bytes: Buffer
}

const blobsOf = (signature: Buffer): Blob[] => {
  if (signature.readUInt32BE(0) !== superBlobMagic) throw new Error('unknown kind of code signature')
  return Array.from({ length: signature.readUInt32BE(8) }, (_, index) => {
    const entry = 12 + index * 8
    const offset = signature.readUInt32BE(entry + 4)
    return {
      type: signature.readUInt32BE(entry),
      bytes: signature.subarray(offset, offset + signature.readUInt32BE(offset + 4)),
    }
  })
}

interface Directory {
  readonly version: number
  readonly flags: number
  readonly hash: string
  readonly pageBytes: number
  readonly pages: number
  readonly codeLimit: number
  /** The hash in a slot. Slots of blobs have negative numbers. */
  readonly slot: (index: number) => Buffer
  readonly specialSlots: number
}

const directoryOf = (blobs: readonly Blob[]): Directory => {
  const bytes = blobs.find((blob) => blob.bytes.readUInt32BE(0) === codeDirectoryMagic)?.bytes
  if (bytes === undefined) throw new Error('the code signature has no code directory')
  const version = bytes.readUInt32BE(8)
  const hashOffset = bytes.readUInt32BE(16)
  const hashBytes = bytes.readUInt8(36)
  const hash = hashNames[bytes.readUInt8(37)]
  if (hash === undefined) throw new Error(`the code signature's hash is unknown: type ${bytes.readUInt8(37)}`)
  const longLimit = version >= longLimitVersion ? Number(bytes.readBigUInt64BE(56)) : 0
  return {
    version,
    flags: bytes.readUInt32BE(12),
    hash,
    pageBytes: 2 ** bytes.readUInt8(39),
    pages: bytes.readUInt32BE(28),
    codeLimit: longLimit || bytes.readUInt32BE(32),
    specialSlots: bytes.readUInt32BE(24),
    slot: (index) => bytes.subarray(hashOffset + index * hashBytes, hashOffset + (index + 1) * hashBytes),
  }
}

const hashesTo = (bytes: Buffer, expected: Buffer, { hash }: Directory): boolean =>
  new Bun.CryptoHasher(hash as 'sha256').update(bytes).digest().subarray(0, expected.length).equals(expected)

const wrongPages = (file: Buffer, directory: Directory): number => {
  const { codeLimit, pageBytes, pages } = directory
  let wrong = 0
  for (let page = 0; page < pages; page += 1) {
    const bytes = file.subarray(page * pageBytes, Math.min((page + 1) * pageBytes, codeLimit))
    if (!hashesTo(bytes, directory.slot(page), directory)) wrong += 1
  }
  return wrong
}

const faultsOf = (file: Buffer, place: ByteRange, blobs: readonly Blob[], directory: Directory): string[] => {
  const { codeLimit, pageBytes, pages, specialSlots } = directory
  const faults: string[] = []
  if (codeLimit !== place.offset) faults.push(`${codeLimit} bytes are signed, but the file has ${place.offset}`)
  if (pages !== Math.ceil(codeLimit / pageBytes))
    faults.push(`${pages} pages are signed, which does not match the signed bytes`)
  const wrong = wrongPages(file, directory)
  if (wrong > 0) faults.push(`${wrong} of ${pages} pages do not match their signed hashes`)
  for (const { type, bytes } of blobs) {
    if (!hashedBlobs.includes(type) || bytes.length < blobHeadBytes) continue
    if (type > specialSlots || !hashesTo(bytes, directory.slot(-type), directory))
      faults.push(`part ${type} of the signature does not match its signed hash`)
  }
  return faults
}

const isMachO = (file: Buffer): boolean => file.length > headerBytes && file.readUInt32LE(0) === magic64

/** Undefined for an unsigned file. Throws for a file that is incomplete, or not a Mach-O file of one 64-bit machine. */
export const readCodeSignature = (file: Buffer): CodeSignature | undefined => {
  if (!isMachO(file)) throw new Error('not a Mach-O executable of one 64-bit machine')
  const place = signatureRange(file)
  if (place === undefined) return undefined
  const blobs = blobsOf(file.subarray(place.offset, place.offset + place.length))
  const directory = directoryOf(blobs)
  const { version, flags, hash, pageBytes, pages, codeLimit } = directory
  return {
    arch: architectures[file.readUInt32LE(4)] ?? 'unknown',
    version,
    flags,
    isAdHoc: (flags & adHocFlag) !== 0,
    isHardened: (flags & hardenedRuntimeFlag) !== 0,
    hash,
    pageBytes,
    pages,
    codeLimit,
    faults: faultsOf(file, place, blobs, directory),
  }
}
