"""Words of company names and file names that tell nothing: legal forms, and what calls are called.

All in the form `fold` gives: Latin letters, lower case. English, Russian, Ukrainian and Polish,
with the legal forms of the countries next door.
"""

# Left out at the beginning and the end of a name; `sp z o.o.` is compared as `spzoo`.
_LEGAL_FORMS = """
inc incorporated corp corporation company co llc llp lp ltd limited plc pty pte the and
gmbh mbh ag kg kgaa se ug ohg ek ev bv nv ab oy oyj as asa aps sa sas sarl srl spa sl slu sro
kft zrt nyrt doo dd ad eood ood uab oue ou sia
spzoo zoo spolka spk spj ska psa firma phu ppuh fhu pphu
ooo oao zao pao ao npao ip gk gruppa kompaniy kompaniya tk td nko ano fgup mup gup npo
tov tzov tdv prat pat at pp fop dp hrupa hrup kompanii
group grupa holding holdings kholding
"""
# A name made of these alone can't be told from a description of the call.
_CALL_WORDS = """
a an and at by for from in it its of on or our the to up us we with
call calls meeting meetings demo demos intro introduction discovery follow followup next step
steps sync chat interview session webinar training onboarding kickoff review check weekly
monthly first second third final new old test copy part sales deal deals client customer
partner company account team teams zoom meet google skype webex phone mobile audio video
recording recordings record rec voice sound file files transcript transcripts transcription
captions subtitles gmt utc cet cest est pst agent caller incoming outgoing inbound outbound
internal external call1 call2 call3 renewal upsell proposal negotiation closing pricing won
lost open archive inbox misc other unsorted january february march april may june july august
september october november december monday tuesday wednesday thursday friday
zvonok zvonki vstrecha vstrechi zapis zapisi razgovor razgovory peregovory pervyy vtoroy
klient klienty sdelka sdelki prezentatsiya obsuzhdenie s so iz ot po na dlya i o ob k
dzvinok dzvinky zustrich zapys rozmova pershyy druhyy uhoda prezentatsiia z iz zi vid pro ta
rozmowa rozmowy spotkanie spotkania nagranie nagrania klienci umowa prezentacja oferta
pierwsza pierwsze druga drugie ze dla od nowy nowa
"""

LEGAL_FORMS = frozenset(_LEGAL_FORMS.split())
CALL_WORDS = frozenset(_CALL_WORDS.split())
