import { errorCode } from '../../base/error-code.ts'

/** Whether a process has this id, also one of another user. */
export const isProcessAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return errorCode(error) === 'EPERM'
  }
}
