/** Waits for the first result on the demo's page, on the 127.0.0.1 that it is started on. */
const page = 'http://127.0.0.1:9925/';

for (;;) {
  const text = await fetch(page).then(
    (answer) => answer.text(),
    () => '',
  );
  if (text.includes('<span class="mark good">ok</span>')) break;
  await new Promise((resolve) => setTimeout(resolve, 200));
}
