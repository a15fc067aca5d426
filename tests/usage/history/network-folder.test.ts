import { expect, test } from 'bun:test'
import { isNetworkFileSystem, isOnNetwork } from '../../../src/usage/history/network-folder.ts'
import { temporaryFolder } from '../../support/cli.ts'

test.each([
  ['NFS', 0x6969],
  ['SMB 2', 0xfe534d42],
  ['SMB 2 as a number with a sign', 0xfe534d42 | 0],
  ['CIFS', 0xff534d42],
  ['Ceph', 0xc36400],
])('%s is a network file system (OP-H6)', (_, type) => {
  expect(isNetworkFileSystem(type)).toBe(true)
})

test.each([
  ['ext4', 0xef53],
  ['tmpfs', 0x1021994],
  ['FUSE, which local file systems use too', 0x65735546],
])('%s is not a network file system (OP-H6)', (_, type) => {
  expect(isNetworkFileSystem(type)).toBe(false)
})

test('a folder of this machine is not on the network, a share of Windows is (OP-H6)', () => {
  expect(isOnNetwork(temporaryFolder())).toBe(false)
  expect(isOnNetwork('\\\\server\\share')).toBe(true)
  expect(isOnNetwork('/no/such/folder')).toBe(false)
})
