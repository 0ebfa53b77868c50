import pytest
from playwright.sync_api import expect
from tests.cockpit.test_cockpit import open_page, fly, title, WEST_UNIT, SITE_N, SCHOOL_A, cockpit
@pytest.mark.parametrize("n",range(5))
def test_dbg(page, cockpit, n):
    page.emulate_media(reduced_motion="reduce")
    page.set_viewport_size({"width": 1280, "height": 720})
    open_page(page, f"{cockpit}?scenario=enrolment_warning&layers=catchments,projects,schools")
    page.evaluate("""() => { window.LOG=[]; const o=dash_clientside.set_props; dash_clientside.set_props=(a,c)=>{ LOG.push([Math.round(performance.now()),a,JSON.stringify(c).slice(0,160)]); return o(a,c)};
      for (const t of ['pointerdown','pointerup','pointermove','pointercancel','click']) document.addEventListener(t,e=>LOG.push([Math.round(performance.now()),t,e.clientX+','+e.clientY+' '+e.target.className+' '+e.target.tagName]),true); }""")
    page.mouse.click(*fly(page, WEST_UNIT))
    page.wait_for_timeout(7000)
    ok='catchment=' in page.url
    print('OK' if ok else 'BAD', page.url)
    for l in page.evaluate("LOG.splice(0)"): print('  ',l)
