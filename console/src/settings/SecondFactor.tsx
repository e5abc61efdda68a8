import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { Button, FieldError, Form, Input, Label, TextField } from 'react-aria-components'
import type { Problem } from '../../../sdk/problem.ts'
import { askAgain } from '../api/cache.ts'
import { client } from '../api/client.ts'
import { keys } from '../api/keys.ts'
import { CopyButton } from '../forms/CopyButton.tsx'
import { SecretField } from '../forms/SecretField.tsx'
import { lookAgain, useSending } from '../forms/sending.ts'
import { moment } from '../i18n/amounts.ts'
import { useWords } from '../i18n/words.ts'
import { QrCode } from './QrCode.tsx'

/** What the section shows: whether there is a second factor, or a step of what is done about it. */
type Step =
  | { readonly at: 'rest' }
  | { readonly at: 'begin' }
  | { readonly at: 'confirm'; readonly secret: string; readonly uri: string }
  | { readonly at: 'prove'; readonly to: 'renew' | 'end' }
  | { readonly at: 'codes'; readonly codes: readonly string[] }

/** One's second factor: set up by an app and a first code, recovery codes shown once, turned off again. */
export function SecondFactor() {
  const words = useWords().settings
  const { data } = useQuery({
    queryKey: keys.secondFactor,
    queryFn: () => client.call('getSecondFactor'),
    staleTime: 0,
  })
  const [step, setStep] = useState<Step>({ at: 'rest' })

  async function show(next: Step): Promise<void> {
    setStep(next)
    await askAgain(keys.secondFactor)
  }

  return (
    <section aria-labelledby="second-factor">
      <h2 id="second-factor">{words.secondFactor}</h2>
      {step.at === 'rest' && data && (
        <>
          <p className="hint">
            {data.since === null
              ? words.secondFactorOff
              : `${words.secondFactorOn(moment(data.since))} ${words.codesLeft(data.recovery_codes)}`}
          </p>
          <div className="settings-buttons">
            {data.since === null ? (
              <Button className="button" onPress={() => setStep({ at: 'begin' })}>
                {words.setUp}
              </Button>
            ) : (
              <>
                <Button className="button" onPress={() => setStep({ at: 'prove', to: 'renew' })}>
                  {words.renewCodes}
                </Button>
                <Button className="button" onPress={() => setStep({ at: 'prove', to: 'end' })}>
                  {words.turnOff}
                </Button>
              </>
            )}
          </div>
        </>
      )}
      {step.at === 'begin' && (
        <ProofForm
          withCode={false}
          action={words.goOn}
          onCancel={() => setStep({ at: 'rest' })}
          work={async ({ password }) =>
            show({ at: 'confirm', ...(await client.call('beginSecondFactor', { body: { password } })) })
          }
        />
      )}
      {step.at === 'confirm' && (
        <>
          <p>{words.scan}</p>
          <QrCode text={step.uri} label={words.qrCode} />
          <p className="hint">
            {words.orType} <code className="secret">{step.secret.replace(/.{4}(?=.)/g, '$& ')}</code>
          </p>
          <ProofForm
            withPassword={false}
            action={words.confirm}
            onCancel={() => setStep({ at: 'rest' })}
            work={async ({ code }) => {
              const { recovery_codes: codes } = await client.call('confirmSecondFactor', { body: { code } })
              await show({ at: 'codes', codes })
            }}
          />
        </>
      )}
      {step.at === 'prove' && (
        <ProofForm
          action={step.to === 'renew' ? words.renewCodes : words.turnOff}
          onCancel={() => setStep({ at: 'rest' })}
          work={async (body) => {
            if (step.to === 'renew') {
              const { recovery_codes: codes } = await client.call('renewRecoveryCodes', { body })
              return show({ at: 'codes', codes })
            }
            await client.call('endSecondFactor', { body })
            return show({ at: 'rest' })
          }}
        />
      )}
      {step.at === 'codes' && <RecoveryCodes codes={step.codes} onDone={() => setStep({ at: 'rest' })} />}
    </section>
  )
}

interface ProofProps {
  readonly withPassword?: boolean
  readonly withCode?: boolean
  readonly action: string
  readonly work: (given: { readonly password: string; readonly code: string }) => Promise<void>
  readonly onCancel: () => void
}

/** Asks for the password, a code, or both. */
function ProofForm({ withPassword = true, withCode = true, action, work, onCancel }: ProofProps) {
  const words = useWords()
  const say = (_: Problem, field: string | null): string | null =>
    field === 'password' ? words.settings.wrongPassword : field === 'code' ? words.session.wrongCode : null
  const { isBusy, errors, problem, send } = useSending(say)

  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault()
    const given = new FormData(event.currentTarget)
    const of = (name: string) => String(given.get(name) ?? '')
    void send(() => work({ password: of('password'), code: of('code') }))
  }

  return (
    <Form className="settings-form" validationErrors={errors} onSubmit={submit}>
      {withPassword && (
        <SecretField name="password" label={words.settings.presentPassword} autoComplete="current-password" autoFocus />
      )}
      {withCode && (
        <TextField name="code" isRequired autoFocus={!withPassword} autoComplete="one-time-code" maxLength={40}>
          <Label>{words.session.code}</Label>
          <Input className="field" onInput={lookAgain} autoCapitalize="none" spellCheck="false" />
          <FieldError className="field-error" />
        </TextField>
      )}
      <p role="alert" className="field-error">
        {problem}
      </p>
      <div className="settings-buttons">
        <Button type="submit" className="button primary" isDisabled={isBusy}>
          {action}
        </Button>
        <Button className="button quiet" onPress={onCancel}>
          {words.settings.cancel}
        </Button>
      </div>
    </Form>
  )
}

function RecoveryCodes({ codes, onDone }: { readonly codes: readonly string[]; readonly onDone: () => void }) {
  const words = useWords()
  const text = `${codes.join('\n')}\n`
  return (
    <div className="settings-form">
      <p role="status">{words.settings.keepCodes}</p>
      <ul className="codes" aria-label={words.settings.recoveryCodes}>
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <div className="settings-buttons">
        <CopyButton text={text} of={words.settings.recoveryCodes} />
        <a
          className="button"
          download="polydesk-recovery-codes.txt"
          href={`data:text/plain;charset=utf-8,${encodeURIComponent(text)}`}
        >
          {words.ticket.download}
        </a>
        <Button className="button primary" onPress={onDone}>
          {words.settings.codesKept}
        </Button>
      </div>
    </div>
  )
}
