import { type FormEvent, useState } from 'react'
import { Button, FieldError, Form, Input, Label, Text, TextField } from 'react-aria-components'
import { isProblem } from '../../../sdk/client.ts'
import { lookAgain } from '../forms/sending.ts'
import { useWords } from '../i18n/words.ts'
import { Logo } from '../shell/Logo.tsx'
import { signIn } from './session.ts'

/** The page of nobody. It stays at the address that was asked for, so that signing in goes on there. */
export function SignIn() {
  const words = useWords()
  const [isBusy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  /** What was right so far, where a code is needed too. */
  const [proven, setProven] = useState<{ readonly login: string; readonly password: string } | null>(null)

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault()
    if (isBusy) return
    const form = new FormData(event.currentTarget)
    const given = proven ?? { login: String(form.get('login')), password: String(form.get('password')) }
    setBusy(true)
    setProblem(null)
    try {
      await signIn(proven ? { ...given, code: String(form.get('code')) } : given)
    } catch (error) {
      if (isProblem(error, 'second_factor_required')) {
        setProven(given)
        if (proven) setProblem(words.session.wrongCode)
      } else if (isProblem(error, 'rate_limited')) setProblem(words.session.locked(error.retryAfter ?? 60))
      else setProblem(isProblem(error) && error.status < 500 ? words.session.wrong : words.session.away)
      setBusy(false)
    }
  }

  function startOver(): void {
    setProven(null)
    setProblem(null)
  }

  return (
    <main className="sign-in">
      <Form className="sign-in-card" onSubmit={(event) => void submit(event)}>
        <Logo />
        <h1>{words.session.title}</h1>
        {proven ? (
          <TextField key="code" name="code" isRequired autoFocus autoComplete="one-time-code" maxLength={40}>
            <Label>{words.session.code}</Label>
            <Input className="field" onInput={lookAgain} autoCapitalize="none" spellCheck="false" />
            <Text slot="description" className="hint">
              {words.session.askCode}
            </Text>
            <FieldError className="field-error" />
          </TextField>
        ) : (
          <>
            <TextField name="login" type="text" isRequired autoFocus autoComplete="username">
              <Label>{words.session.email}</Label>
              <Input className="field" onInput={lookAgain} inputMode="email" autoCapitalize="none" spellCheck="false" />
              <FieldError className="field-error" />
            </TextField>
            <TextField name="password" type="password" isRequired autoComplete="current-password">
              <Label>{words.session.password}</Label>
              <Input className="field" onInput={lookAgain} />
              <FieldError className="field-error" />
            </TextField>
          </>
        )}
        <p role="alert" className="field-error">
          {problem}
        </p>
        <Button type="submit" className="button primary" isDisabled={isBusy}>
          {words.session.signIn}
        </Button>
        {proven ? (
          <Button className="button quiet" onPress={startOver}>
            {words.session.back}
          </Button>
        ) : (
          <>
            <p className="hint">{words.session.hint}</p>
            <p className="hint">{words.session.forgotten}</p>
          </>
        )}
      </Form>
    </main>
  )
}
