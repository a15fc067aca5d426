import { statfsSync } from 'node:fs'
import { attempt } from '../../base/attempt.ts'

/**
 * Linux's numbers of file systems that machines share: NFS, SMB (3 versions), Ceph, AFS, Coda. SQLite's log needs
 * memory that all writers share. FUSE is not here: local file systems use it, too.
 */
const networkFileSystems: ReadonlySet<number> = new Set([
  0x69_69, 0x51_7b, 0xff_53_4d_42, 0xfe_53_4d_42, 0xc3_64_00, 0x53_46_41_4f, 0x73_75_72_45,
])

/** `type`: as statfs returns it, with a sign on some systems. */
export const isNetworkFileSystem = (type: number): boolean => networkFileSystems.has(type >>> 0)

/** Whether the folder is on another machine, as far as the system says so. */
export const isOnNetwork = (folder: string): boolean =>
  folder.startsWith('\\\\') || isNetworkFileSystem(attempt(() => statfsSync(folder).type) ?? 0)
