/** Reads the parts of Windows executables (PE) that a release checks. Layout: Microsoft's "PE Format". */

const dosMagic = 0x5a4d
const peMagic = 0x00004550
const plusMagic = 0x20b
/** Position of the PE header's offset in the DOS header. */
const peOffsetAt = 0x3c
const machines: Readonly<Record<number, string>> = { 34404: 'x64', 43620: 'arm64' }
const subsystems: Readonly<Record<number, string>> = { 2: 'windows', 3: 'console' }
/** After the signature come the file header, then the optional header. */
const fileHeadBytes = 20
const subsystemAt = 68
/** The list of directories of a 64-bit file: resources are the third, the certificate is the fifth. */
const directoriesAt = 112
const directoryBytes = 8

export interface Executable {
  readonly arch: string
  readonly subsystem: string
  /** Resources contain title, version and icon. */
  readonly hasResources: boolean
  readonly isSigned: boolean
}

const isPe = (file: Buffer): boolean => file.length > peOffsetAt + 4 && file.readUInt16LE(0) === dosMagic

/** Throws for a file that is not a 64-bit executable of Windows. */
export const readExecutable = (file: Buffer): Executable => {
  const at = isPe(file) ? file.readUInt32LE(peOffsetAt) : file.length
  const optional = at + 4 + fileHeadBytes
  const isWhole = optional + directoriesAt + 5 * directoryBytes <= file.length
  if (!isWhole || file.readUInt32LE(at) !== peMagic || file.readUInt16LE(optional) !== plusMagic)
    throw new Error('not a 64-bit executable of Windows')
  const directorySize = (index: number): number =>
    file.readUInt32LE(optional + directoriesAt + index * directoryBytes + 4)
  return {
    arch: machines[file.readUInt16LE(at + 4)] ?? 'unknown',
    subsystem: subsystems[file.readUInt16LE(optional + subsystemAt)] ?? 'unknown',
    hasResources: directorySize(2) > 0,
    isSigned: directorySize(4) > 0,
  }
}
