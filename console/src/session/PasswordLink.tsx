import { type FormEvent, useState } from 'react'
import { Button, Form } from 'react-aria-components'
import { endSession } from '../api/cache.ts'
import { client } from '../api/client.ts'
import { SecretField } from '../forms/SecretField.tsx'
import { useSending } from '../forms/sending.ts'
import { useWords } from '../i18n/words.ts'
import { Logo } from '../shell/Logo.tsx'

/** Where a password link leads: its token stands behind #, which no browser sends to a server by itself. */
export function PasswordLink() {
  const words = useWords()
  const [token] = useState(() => window.location.hash.slice(1))
  const [isSet, setDone] = useState(false)
  const { isBusy, errors, problem, send } = useSending((_, field) => (field === 'token' ? words.session.oldLink : null))

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault()
    const body = { token, password: String(new FormData(event.currentTarget).get('password')) }
    if (!(await send(() => client.call('resetPassword', { body })))) return
    // Whoever was signed in here by that password is not any more.
    endSession()
    setDone(true)
  }

  return (
    <main className="sign-in">
      <Form className="sign-in-card" validationErrors={errors} onSubmit={(event) => void submit(event)}>
        <Logo />
        <h1>{words.session.setPassword}</h1>
        {isSet ? (
          <p role="status">{words.session.isSet}</p>
        ) : token === '' ? (
          <p role="alert">{words.session.oldLink}</p>
        ) : (
          <>
            <SecretField name="password" label={words.settings.newPassword} autoComplete="new-password" autoFocus />
            <p role="alert" className="field-error">
              {problem ?? errors['token']}
            </p>
            <Button type="submit" className="button primary" isDisabled={isBusy}>
              {words.session.setPassword}
            </Button>
          </>
        )}
        <a href="/">{words.session.toSignIn}</a>
      </Form>
    </main>
  )
}
