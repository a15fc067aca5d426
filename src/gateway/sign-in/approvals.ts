import { sharedClientName } from '../../base/client-name.ts'
import { toUserCode } from './codes.ts'
import { mayHaveName, type Parts, type Save, type SignInOptions } from './parts.ts'

/** `nameNeeded`: the server has named clients, so each session belongs to one. */
export type ApproveOutcome = 'approved' | 'unknownCode' | 'unknownName' | 'nameNeeded'
export type InviteOutcome = 'approved' | 'unknownCode' | 'wrongInvite' | 'tooMany'

/** What approves a request. */
export const createApprovals = (parts: Parts, options: SignInOptions, save: Save) => {
  const { log, isClient } = options
  const { pending, invites, wrongInvites } = parts
  const isKnown = (name: string): boolean => mayHaveName(options, name)
  const approveAs = (userCode: string, name: string, byInvite: boolean): boolean => {
    const request = pending.approve(userCode, { name, byInvite })
    if (request === undefined) return false
    log.info('sign_in.approved', { sessionId: request.sessionId, name })
    return true
  }
  return {
    approve(typed: string, name?: string): ApproveOutcome {
      const userCode = toUserCode(typed)
      if (pending.find(userCode) === undefined) return 'unknownCode'
      if (name === undefined && isClient !== undefined) return 'nameNeeded'
      if (name !== undefined && !isKnown(name)) return 'unknownName'
      return approveAs(userCode, name ?? sharedClientName, false) ? 'approved' : 'unknownCode'
    },
    deny(typed: string): boolean {
      const request = pending.deny(toUserCode(typed))
      if (request === undefined) return false
      log.info('sign_in.denied', { sessionId: request.sessionId })
      return true
    },
    async invite(name: string, lifetimeMs: number): Promise<string | undefined> {
      if (!isKnown(name)) return undefined
      const code = invites.create(name, lifetimeMs)
      await save()
      return code
    },
    async approveByInvite(typed: string, invite: string, address: string | undefined): Promise<InviteOutcome> {
      if (wrongInvites.isBlocked(address)) return 'tooMany'
      const name = invites.nameOf(invite)
      const isRight = name !== undefined && isKnown(name)
      if (isRight && approveAs(toUserCode(typed), name, true)) {
        invites.remove(invite)
        await save()
        return 'approved'
      }
      wrongInvites.add(address)
      return isRight ? 'unknownCode' : 'wrongInvite'
    },
  }
}
