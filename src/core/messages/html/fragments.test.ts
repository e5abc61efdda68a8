import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { NO_ROOM } from './pictures.ts'
import { render } from './render.ts'

/** HTML as programs make it, in words of our own, with what it says as plain text and, where that matters, safe HTML. */
const FRAGMENTS: Readonly<Record<string, readonly (readonly [html: string, plain: string, safe?: string])[]>> = {
  'Outlook and Word': [
    [
      `<html xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office">
<head><meta name=Generator content="Microsoft Word 15"><title>Draft 3</title>
<!--[if gte mso 9]><xml><o:OfficeDocumentSettings><o:AllowPNG/></o:OfficeDocumentSettings></xml><![endif]-->
<style><!-- p.MsoNormal { margin:0cm } --></style></head>
<body lang=DE><div class=WordSection1><p class=MsoNormal><span lang=EN-GB>Dear support,<o:p></o:p></span></p>
<p class=MsoNormal><o:p>&nbsp;</o:p></p><p class=MsoNormal>the printer on floor&nbsp;3
jams.<o:p></o:p></p></div></body></html>`,
      'Dear support,\n\nthe printer on floor 3 jams.',
    ],
    [
      `<xml><w:WordDocument><w:View>Normal</w:View></w:WordDocument></xml><p class="MsoListParagraph"><![if !supportLists]><span style="mso-list:Ignore">1.<span>&nbsp;&nbsp; </span></span><![endif]>Switch it off</p><p class="MsoListParagraph"><![if !supportLists]><span style="mso-list:Ignore">2.<span>&nbsp;&nbsp; </span></span><![endif]>Wait</p>`,
      '1.   Switch it off\n2.   Wait',
    ],
    [
      '<p class=MsoNormal>See <s>Monday</s> <ins>Tuesday</ins>, 10<sup>th</sup> of May; area 5 m<sup>2</sup></p>',
      'See ~~Monday~~ Tuesday, 10^th of May; area 5 m^2',
    ],
    [
      `<table class=MsoTableGrid border=1><tr><td><p class=MsoNormal>Serial</p></td><td><p class=MsoNormal>aB3dE-9fGh</p></td></tr>
<tr><td><p class=MsoNormal>Floor</p></td><td><p class=MsoNormal>3</p></td></tr></table>`,
      'Serial\taB3dE-9fGh\nFloor\t3',
    ],
    [
      '<div style="border-top:solid #E1E1E1 1.0pt"><p class=MsoNormal><b>From:</b> Kim Sato &lt;kim@example.com&gt;<br><b>Sent:</b> Monday<br><b>Subject:</b> AW: Ticket</p></div><p class=MsoNormal>Old words</p>',
      'From: Kim Sato <kim@example.com>\nSent: Monday\nSubject: AW: Ticket\nOld words',
    ],
    [
      '<p class=MsoNormal><a href="file:///\\\\srv\\share\\plan.docx">the plan</a></p>',
      'the plan [file:///\\\\srv\\share\\plan.docx]',
    ],
  ],
  Excel: [
    [
      `<table border=0 cellpadding=0 width=128 style='border-collapse:collapse'><!--StartFragment-->
 <colgroup><col width=64 span=2></colgroup>
 <tr height=20><td height=20 class=xl65 width=64>Item</td><td width=64>Price</td></tr>
 <tr height=20><td height=20>Router</td><td align=right>49.90</td></tr>
 <tr height=20><td height=20></td><td align=right>3</td></tr><!--EndFragment--></table>`,
      'Item\tPrice\nRouter\t49.90\n\t3',
    ],
  ],
  Gmail: [
    [
      '<div dir="ltr"><div>Hello,</div><div><br></div><div>it works&nbsp;again.</div><div><br></div>-- <br><div dir="ltr" class="gmail_signature">Ana</div></div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">On Mon, Kim &lt;<a href="mailto:kim@example.com">kim@example.com</a>&gt; wrote:<br></div><blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex"><div>Does it work?</div></blockquote></div>',
      'Hello,\n\nit works again.\n\n--\nAna\n\nOn Mon, Kim <kim@example.com> wrote:\n\n> Does it work?',
    ],
    ['<div>Done <img goomoji="2714" src="https://mail.example/e/2714" alt="✔" style="margin:0"></div>', 'Done ✔'],
    [
      '<div><img src="cid:ii_l1" alt="error.png" width="472" height="118"><br></div>',
      '[error.png]',
      '<div> [error.png] <br></div>',
    ],
  ],
  'Apple Mail': [
    [
      '<html><head><meta http-equiv="content-type" content="text/html; charset=utf-8"></head><body dir="auto">First<div><br></div><div>Second<span class="Apple-tab-span" style="white-space:pre">\t</span>after a tab<br><blockquote type="cite"><div>Am 3. Mai schrieb Kim:</div><br class="Apple-interchange-newline"><div>Old</div></blockquote></div></body></html>',
      'First\n\nSecond\tafter a tab\n\n> Am 3. Mai schrieb Kim:\n>\n> Old',
    ],
    ['<ul class="Apple-dash-list"><li>Milk</li><li>Tea<ul><li>green</li></ul></li></ul>', '* Milk\n* Tea\n  * green'],
  ],
  Thunderbird: [
    [
      '<p>Hi,</p>\n<p>log below<br>\n</p>\n<pre class="moz-quote-pre" wrap="">2026-05-03 10:00 ERROR  code=17\n  at main</pre>\n<div class="moz-cite-prefix">Am 03.05. schrieb Kim:<br>\n</div>\n<blockquote type="cite" cite="mid:1@x"><p>Which log?</p></blockquote>',
      'Hi,\n\nlog below\n\n2026-05-03 10:00 ERROR  code=17\n  at main\n\nAm 03.05. schrieb Kim:\n\n> Which log?',
    ],
  ],
  'web editors': [
    [
      '<ol><li data-list="ordered"><span class="ql-ui"></span>One</li><li data-list="bullet">dot</li><li data-list="checked">done</li><li data-list="unchecked">to do</li></ol>',
      '1. One\n* dot\n[x] done\n[ ] to do',
    ],
    [
      '<ul data-type="taskList"><li data-checked="true" data-type="taskItem"><label><input type="checkbox" checked="checked"><span></span></label><div><p>Paid</p></div></li></ul>',
      '* [x]\n\n  Paid',
    ],
    [
      '<b style="font-weight:normal;" id="docs-internal-guid-1"><p dir="ltr"><span style="font-weight:700;text-decoration:none">Total</span><span style="text-decoration:line-through">100</span> <span style="vertical-align:super">2</span></p></b>',
      'Total~~100~~ ^2',
    ],
    [
      '<p>Please <mark>call</mark> <span style="color:#d40000">my answer in red</span></p>',
      'Please call my answer in red',
      '<p>Please <mark>call</mark> <span style="color:#d40000">my answer in red</span></p>',
    ],
    ['<h2 style="text-align:center">Über uns</h2><hr><p>Straße 5</p>', 'Über uns\n\n---\n\nStraße 5'],
    [
      '<figure><img src="https://cdn.example/a.png" alt="Error 17"><figcaption>On the display</figcaption></figure>',
      '[Error 17]\nOn the display',
    ],
    ['<div>line one</div>\n<div>line two</div>', 'line one\nline two'],
  ],
}

for (const [program, fragments] of Object.entries(FRAGMENTS)) {
  describe(`what ${program} writes`, () => {
    for (const [html, plain, safe] of fragments) {
      test(`says: ${plain.slice(0, 40).replace(/\s+/g, ' ')}`, async () => {
        const rendered = await render({ text: html, format: 'html', room: NO_ROOM })
        assert.equal(rendered.plain, plain)
        if (safe !== undefined) assert.equal(rendered.safeHtml, safe)
      })
    }
  })
}
