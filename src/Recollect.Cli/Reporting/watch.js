'use strict';
{
  const state = document.createElement('p');
  state.setAttribute('role', 'status');
  document.querySelector('header').append(state);
  const told = text => { if (state.textContent !== text) state.textContent = text; };
  // Sections as they came: the page itself has since been sorted and opened.
  const parsed = html => new DOMParser().parseFromString(html, 'text/html');
  const sectionsOf = page => [...page.querySelectorAll('main > section')];
  let known = new Map(sectionsOf(document).map(section => [section.id, section.outerHTML]));
  let tag = null;
  const take = page => {
    const fresh = sectionsOf(page);
    const texts = new Map(fresh.map(section => [section.id, section.outerHTML]));
    for (const gone of sectionsOf(document).filter(section => !texts.has(section.id)))
      gone.remove();
    let before = null;
    for (const section of fresh) {
      const old = document.getElementById(section.id);
      if (!old)
        before ? before.after(section) : document.querySelector('main').prepend(section);
      else if (texts.get(section.id) !== known.get(section.id))
        window.recollect.replace(old, section);
      before = document.getElementById(section.id);
    }
    const links = page.querySelector('header nav');
    if (links.innerHTML !== document.querySelector('header nav').innerHTML)
      document.querySelector('header nav').replaceWith(links);
    document.querySelector('h1').textContent = page.querySelector('h1').textContent;
    known = texts;
  };
  const ask = async () => {
    try {
      const answer = await fetch('/', { headers: tag ? { 'If-None-Match': tag } : {}, signal: AbortSignal.timeout(30000) }); // one that hangs is told as one that has ended
      if (answer.status === 200) {
        take(parsed(await answer.text()));
        tag = answer.headers.get('ETag');
      }
      const follows = answer.status === 200 || answer.status === 304;
      told(follows ? 'Follows the runs.' : `What answers here is not the program that follows the runs (status ${answer.status}); this is what that last said.`);
    } catch {
      told('The program that follows the runs has ended, or cannot be reached; this is what it last said.');
    }
    setTimeout(ask, 1000);
  };
  ask();
}
